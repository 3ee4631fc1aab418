"""Tags of other systems are found whatever their brackets, and put into our words; ordinary words are left alone."""

import time

import pytest

from campaigns.merge import language
from campaigns.merge.foreign import find, translate

FIELDS = {
    "phonenumber": "phone_number",
    "firstname": "first_name",
    "lastname": "last_name",
    "email": "email",
    "city": "city",
    "ort": "city",
}
VIEW = '<a href="{{ view_url }}">View in browser</a>'
CHOOSE = '<a href="{{ preferences_url }}">Choose what you get</a>'
LEAVE = '<a href="{{ unsubscribe_url }}">Unsubscribe</a>'


@pytest.mark.parametrize(
    ("foreign", "ours"),
    [
        ("*|FNAME|*", "{{ first_name }}"),
        ("*|TITLE:FNAME|*", "{{ first_name|title }}"),
        ("*|UNSUB|*", LEAVE),
        ("*|LIST:ADDRESS|*", "{{ postal_address }}"),
        ("*|LIST:COMPANY|*", "{{ organisation_name }}"),
        ('<a href="*%7CUNSUB%7C*">x</a>', '<a href="{{ unsubscribe_url }}">x</a>'),
        (
            "*|IF:FNAME|*Hi *|FNAME|**|ELSE:|*Hi*|END:IF|*",
            "{% if first_name %}Hi {{ first_name }}{% else %}Hi{% endif %}",
        ),
        ("*|IF:CITY=Bonn|*x*|END:IF|*", '{% if city == "Bonn" %}x{% endif %}'),
        ("*|IFNOT:FNAME|*x*|END:IF|*", "{% if not first_name %}x{% endif %}"),
        ('{{var:firstname:"x"}}', '{{ first_name|default("x") }}'),
        ('[[data:firstname:""]]', "{{ first_name }}"),
        ("[[UNSUB_LINK_EN]]", LEAVE),
        ("{{ contact.FIRSTNAME }}", "{{ first_name }}"),
        ("{{ params.LASTNAME }}", "{{ last_name }}"),
        ("{{{name}}}", "{{ first_name }}"),
        ("{{{unsubscribe}}}", LEAVE),
        (
            "{{#if firstName}}{{firstName}}{{else}}you{{/if}}",
            "{% if first_name %}{{ first_name }}{% else %}you{% endif %}",
        ),
        ("{{#unless city}}x{{/unless}}", "{% if not city %}x{% endif %}"),
        ('{{insert first_name "default=x"}}', '{{ first_name|default("x") }}'),
        ("{{ first_name|default:'x' }}", '{{ first_name|default("x") }}'),
        ("{{ first_name|default:&quot;x&quot; }}", '{{ first_name|default("x") }}'),
        ("{% if person.first_name %}x{% endif %}", "{% if first_name %}x{% endif %}"),
        ("{% unsubscribe %}", LEAVE),
        ("{{ organization.full_address }}", "{{ postal_address }}"),
        ("%FIRSTNAME%", "{{ first_name }}"),
        ('<a href="%UNSUBSCRIBELINK%">x</a>', '<a href="{{ unsubscribe_url }}">x</a>'),
        ("[firstname,fallback=x]", '{{ first_name|default("x") }}'),
        ("[Name,fallback=]", "{{ first_name }}"),
        ('[[FIRSTNAME OR "Friend"]]', '{{ first_name|default("Friend") }}'),
        ("%%firstname%%", "{{ first_name }}"),
        ("{!Contact.FirstName}", "{{ first_name }}"),
        ("{!firstname_fix}", "{{ first_name }}"),
        ("{{ .Subscriber.FirstName }}", "{{ first_name }}"),
        ("{{ UnsubscribeURL }}", LEAVE),
        ("{$name}", "{{ first_name }}"),
        ("{$unsubscribe}", LEAVE),
        ("[[firstname]]", "{{ first_name }}"),
        ("{contactfield=firstname|x}", '{{ first_name|default("x") }}'),
        ("{unsubscribe_url}", LEAVE),
        ("[FIRSTNAME]", "{{ first_name }}"),
        ("[UNSUBSCRIBEURL]", LEAVE),
        ("[subscriber:firstname | default:reader]", '{{ first_name|default("reader") }}'),
        ('{{ subscriber.first_name | default: "you" }}', '{{ first_name|default("you") }}'),
        ("<%= first_name %>", "{{ first_name }}"),
        ("<%asm_group_unsubscribe_raw_url%>", LEAVE),
        ("$[FNAME|you]$", '{{ first_name|default("you") }}'),
        ("{{${first_name} | default: 'you'}}", '{{ first_name|default("you") }}'),
        ("{{lead.First Name:default=you}}", '{{ first_name|default("you") }}'),
        ("%recipient.name%", "{{ first_name }}"),
        ("%mailing_list_unsubscribe_url%", LEAVE),
        ('{first_name, "there"}', '{{ first_name|default("there") }}'),
        ("-firstname-", "{{ first_name }}"),
        ("<unsubscribe>Leave</unsubscribe>", '<a href="{{ unsubscribe_url }}">Leave</a>'),
        ("{{ contact.Ort }}", "{{ city }}"),
        # Mailchimp
        ("*|ARCHIVE|*", VIEW),
        ("*|UPDATE_PROFILE|*", CHOOSE),
        ("*|HTML:LIST_ADDRESS_HTML|*", "{{ postal_address }}"),
        ("*|IFNOT:ARCHIVE_PAGE|*x*|END:IF|*", "{% if email %}x{% endif %}"),
        ('<a href="https://x.test/?e=*|URL:EMAIL|*">x</a>', '<a href="https://x.test/?e={{ email }}">x</a>'),
        ("*|PHONE|*", "{{ phone_number }}"),
        # listmonk
        (
            "{{ if .Subscriber.Attribs.city }}{{ .Subscriber.Attribs.city }}{{ else }}x{{ end }}",
            "{% if city %}{{ city }}{% else %}x{% endif %}",
        ),
        (
            '{{ if eq .Subscriber.Attribs.city "Bonn" }}a{{ else if not .Subscriber.FirstName }}b{{ end }}',
            '{% if city == "Bonn" %}a{% elif not first_name %}b{% endif %}',
        ),
        ('<a href="{{ TrackLink "https://x.test/?a=1&b=2" . }}">x</a>', '<a href="https://x.test/?a=1&amp;b=2">x</a>'),
        (
            '<a href="{{ MessageURL }}">{{ L.T "email.viewInBrowser" }}</a>',
            '<a href="{{ view_url }}">View in browser</a>',
        ),
        # Mailjet
        ("{{mj:unsub_link}}", LEAVE),
        ("[[PERMALINK]]", VIEW),
        ('{% if var:city:"" %}x{% endif %}', "{% if city %}x{% endif %}"),
        # Brevo
        ('{{ contact.FIRSTNAME | default : "x" }}', '{{ first_name|default("x") }}'),
        ("{{ mirror }}", VIEW),
        ("{{ update_profile }}", CHOOSE),
        ("{% if contact.CITY %}x{% endif %}", "{% if city %}x{% endif %}"),
        # SendGrid
        ("<%asm_preferences_raw_url%>", CHOOSE),
        ("[Weblink]", VIEW),
        ("{{Sender_Address}}", "{{ postal_address }}"),
        # Klaviyo
        ("{{ person|lookup:'City' }}", "{{ city }}"),
        ("{% manage_preferences %}", CHOOSE),
        ("{% web_view %}", VIEW),
        # ActiveCampaign
        (
            "%IF $FIRSTNAME%Hi %FIRSTNAME%%ELSE%Hi%/IF%",
            "{% if first_name %}Hi {{ first_name }}{% else %}Hi{% endif %}",
        ),
        ('%IF $CITY == "Bonn"%x%/IF%', '{% if city == "Bonn" %}x{% endif %}'),
        ("%CITY%", "{{ city }}"),
        ("%WEBCOPY%", VIEW),
        # Handlebars
        (
            "{{#if city}}a{{else if firstName}}b{{else}}c{{/if}}",
            "{% if city %}a{% elif first_name %}b{% else %}c{% endif %}",
        ),
        ("<a href='x'>{unsubscribe_url}</a>", "<a href='x'>{{ unsubscribe_url }}</a>"),
    ],
)
def test_a_tag_of_another_system_becomes_ours(foreign: str, ours: str) -> None:
    assert translate(foreign, find(foreign, FIELDS)) == ours
    assert language.check(ours) == []
    assert find(ours, FIELDS) == []


@pytest.mark.parametrize(
    "tag",
    [
        "*|MMERGE5|*",
        "*|ADDR_1|*",
        "*|PROMO_CODE:[$store_id=1]|*",
        "*|CURRENT_YEAR|*",
        "%MY_FIELD%",
        "{{params.x}}",
        "{{#each items}}",
        "{% tag %}",
        "%%=v(@name)=%%",
        "%%[ SET @a = 1 ]%%",
        "[forwardtoafriend]",
        "${order.total}",
        "<?php echo 1 ?>",
        "{$total}",
        "[[a1st]]",
        "*|TWITTER:PROFILEURL|*",
        "*|FACEBOOK:PROFILEURL|*",
        "*|MC:SUBJECT|*",
        '{{ Date "2006-01-02" }}',
        '{{ template "content" . }}',
        "{{ .Campaign.Subject }}",
    ],
)
def test_a_tag_that_we_have_nothing_for_is_found_all_the_same(tag: str) -> None:
    assert [(one.text, one.ours) for one in find(f"<p>Hi {tag}, you</p>", FIELDS)] == [(tag, "")]


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("<title>*|MC:SUBJECT|*</title><h1>*|MC:SUBJECT|*</h1>", "<title></title><h1>*|MC:SUBJECT|*</h1>"),
        ("<title>{{ .Campaign.Subject }}</title>", "<title></title>"),
        ("<!--*|IF:MC_PREVIEW_TEXT|*--><i>*|MC_PREVIEW_TEXT|*</i><!--*|END:IF|*-->", "<!----><i></i><!---->"),
        ('<a href="https://x.test/@TrackLink">x</a>{{ TrackView }}', '<a href="https://x.test/">x</a>'),
        ("<p>*|REWARDS|*</p>", "<p></p>"),
    ],
)
def test_what_comes_of_itself_here_is_left_out(source: str, left: str) -> None:
    assert translate(source, find(source, FIELDS)) == left


def test_a_condition_that_is_not_ours_spoils_no_other() -> None:
    source = "*|IF:LOYALTY|**|IF:CITY|*a*|END:IF|*b*|ELSE:|*c*|END:IF|**|IFNOT:FNAME|*d*|END:IF|**|IF:CITY|*"
    ours = "*|IF:LOYALTY|*{% if city %}a{% endif %}b*|ELSE:|*c*|END:IF|*{% if not first_name %}d{% endif %}*|IF:CITY|*"
    assert translate(source, find(source, FIELDS)) == ours


def test_half_a_condition_is_not_translated() -> None:
    source = "*|IF:LOYALTY|*Hi *|FNAME|**|END:IF|*"
    assert translate(source, find(source, FIELDS)) == "*|IF:LOYALTY|*Hi {{ first_name }}*|END:IF|*"


@pytest.mark.parametrize(
    "words",
    [
        "[1] and [2], see [a], [sic], [PDF], [New York], [photo: Ana], [...]",
        "100%, 50% off, 20% more, 100% COTTON 50% OFF, C:\\%TEMP%",
        "https://x.test/?q=%20name%20&a=%C3%A9%C3%A9&email=%20email%20",
        "{CSS} {x|y} { display:none } a{color:red} {date} [Date]",
        '{{ first_name }} {{ first_name|default("x") }} {{ unsubscribe_url }} {{ organisation_name }} {{ city }}',
        "{% if city %}{{ 'x' if city else 'b' }}{% endif %}{% for x in items %}{{ x }}{% endfor %}",
        "<!--[if mso]>x<![endif]--><!--[if !mso]><!-->y<!--<![endif]-->",
        "<style>.x{name:y} [data-ogsc] .a{} [FIRSTNAME]{} @media(x){y{width:100%;height:50%}}</style>",
        "first-name-last, well-name-dropping, a-b-c, $5 and $6, #1 and #2, @home@, 5*|3, ~5.3~, 2 <% 3",
        "{{ city|default('Paris: the city') }}",
    ],
)
def test_ordinary_words_raise_no_alarm(words: str) -> None:
    assert find(words, FIELDS) == []


@pytest.mark.parametrize(
    "noise", ["*|A", "{{", "[[a ", "%%a", "{a ", "<%a", "%A", "[a", "{% a", "<style>", "${", "{$a"]
)
def test_the_work_grows_with_the_page_and_not_with_its_square(noise: str) -> None:
    def work(size: int) -> float:
        page = noise * (size // len(noise))
        began = time.process_time()
        find(page, FIELDS)
        return time.process_time() - began

    small = min(work(25_000) for _ in range(3))
    assert min(work(100_000) for _ in range(2)) < 9 * small + 0.05  # four times as long; its square would be sixteen
