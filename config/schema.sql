-- By tools/schema.py, of all migrations named at the end. Not to be changed by hand.
SET LOCAL check_function_bodies = false;
CREATE FUNCTION public.contacts_check_moved_subscription() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM FROM contacts_contact c, contacts_mailinglist l
    WHERE c.id = NEW.contact_id AND l.id = NEW.list_id FOR KEY SHARE OF c, l;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'subscription % was given a contact or a list that does not exist', NEW.id
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION public.contacts_check_subscriptions() RETURNS trigger
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    AS $$
BEGIN
    IF (SELECT count(*) FROM (
            SELECT FROM fresh f JOIN contacts_contact c ON c.id = f.contact_id FOR KEY SHARE OF c) known)
        < (SELECT count(*) FROM fresh) THEN
        RAISE EXCEPTION 'a new subscription is of a contact that does not exist'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    PERFORM FROM contacts_mailinglist WHERE id IN (SELECT DISTINCT list_id FROM fresh) FOR KEY SHARE;
    IF EXISTS (SELECT list_id FROM fresh EXCEPT SELECT id FROM contacts_mailinglist) THEN
        RAISE EXCEPTION 'a new subscription is of a list that does not exist'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION public.contacts_erased(address text) RETURNS text
    LANGUAGE sql STABLE
    AS $$
    SELECT 'erased:' || encode(sha256(convert_to(salt || lower(address), 'UTF8')), 'hex') FROM contacts_erasuresalt
$$;
CREATE FUNCTION public.contacts_forget_consent() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM contacts_consentevent e USING gone WHERE e.contact_id = gone.id;
    DELETE FROM contacts_trackingconsentevent e USING gone WHERE e.contact_id = gone.id;
    RETURN NULL;
END $$;
CREATE FUNCTION public.contacts_keep_consent() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT 1 FROM contacts_contact WHERE id = OLD.contact_id) THEN
        RETURN OLD;
    ELSIF TG_OP = 'UPDATE' AND current_setting('tallypost.merging', true) = 'yes' THEN
        IF to_jsonb(OLD) - 'contact_id' = to_jsonb(NEW) - 'contact_id' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'what people agreed to is kept as it is: % of % %', lower(TG_OP), TG_TABLE_NAME, OLD.id
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE FUNCTION public.contacts_keep_wording() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'words that people agreed to are kept as they are: % of %', lower(TG_OP), OLD.id
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE FUNCTION public.contacts_note_blocks() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO contacts_staleblock (block) SELECT DISTINCT id >> 6 FROM fresh;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO contacts_staleblock (block) SELECT DISTINCT id >> 6 FROM stale;
    ELSIF current_setting('contacts.noted_block', true) IS DISTINCT FROM (NEW.id >> 6)::text THEN
        INSERT INTO contacts_staleblock (block) VALUES (NEW.id >> 6);
        PERFORM set_config('contacts.noted_block', (NEW.id >> 6)::text, true);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION public.contacts_note_blocks_of_lists() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO contacts_staleblock (block) SELECT DISTINCT contact_id >> 6 FROM stale;
    ELSE
        INSERT INTO contacts_staleblock (block) SELECT DISTINCT contact_id >> 6 FROM fresh;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION public.contacts_note_blocks_of_suppressions() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO contacts_staleblock (block)
        SELECT DISTINCT c.id >> 6 FROM stale JOIN contacts_contact c ON lower(c.email) = stale.email;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO contacts_staleblock (block)
        SELECT DISTINCT c.id >> 6 FROM fresh JOIN contacts_contact c ON lower(c.email) = fresh.email;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION public.contacts_note_headcount() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO contacts_headcount (people) SELECT count(*) FROM moved HAVING count(*) > 0;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO contacts_headcount (people) SELECT -count(*) FROM moved HAVING count(*) > 0;
    ELSE
        DELETE FROM contacts_headcount;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION public.contacts_note_subscriptions() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO contacts_listchange (list_id, at, joined, unsubscribed, deleted)
        SELECT list_id, date_bin('15 minutes', created_at, 'epoch'), count(*), 0, 0 FROM fresh
        WHERE state = 'subscribed' OR state = 'unsubscribed' AND changed_at > created_at + interval '1 minute'
        GROUP BY 1, 2
        UNION ALL
        SELECT list_id, date_bin('15 minutes', changed_at, 'epoch'), 0, count(*), 0 FROM fresh
        WHERE state = 'unsubscribed' AND changed_at > created_at + interval '1 minute'
        GROUP BY 1, 2;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO contacts_listchange (list_id, at, joined, unsubscribed, deleted)
        SELECT f.list_id, date_bin('15 minutes', f.changed_at, 'epoch'),
            count(*) FILTER (WHERE f.state = 'subscribed'), count(*) FILTER (WHERE s.state = 'subscribed'), 0
        FROM fresh f JOIN stale s ON s.id = f.id
        WHERE f.state <> s.state AND 'subscribed' IN (f.state, s.state)
        GROUP BY 1, 2;
    ELSE
        INSERT INTO contacts_listchange (list_id, at, joined, unsubscribed, deleted)
        SELECT list_id, date_bin('15 minutes', now(), 'epoch'), 0, 0, count(*) FROM stale
        WHERE state = 'subscribed' GROUP BY 1, 2;
    END IF;
    -- Who was lost already and leaves, or is deleted: looked at anew, as after a change of suppressions.
    IF TG_OP <> 'INSERT' THEN
        IF EXISTS (SELECT 1 FROM stale s JOIN contacts_lostsubscription l ON l.subscription_id = s.id) THEN
            INSERT INTO contacts_listchange (list_id, at, joined, unsubscribed, deleted) VALUES (NULL, now(), 0, 0, 0);
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION public.contacts_note_suppressions() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO contacts_listchange (list_id, at, joined, unsubscribed, deleted) VALUES (NULL, now(), 0, 0, 0);
    RETURN NULL;
END $$;
CREATE FUNCTION public.contacts_recognise_erased() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM contacts_suppression WHERE is_erased) THEN
        WITH known AS (
            DELETE FROM contacts_suppression s USING (SELECT DISTINCT lower(email) AS email FROM fresh) f
            WHERE s.is_erased AND s.email = contacts_erased(f.email)
            RETURNING f.email, s.reason, s.created_at
        )
        INSERT INTO contacts_suppression (email, reason, detail, source, created_at)
        SELECT email, reason, 'Erased, then added again', 'erasing', created_at FROM known
        ON CONFLICT (email) DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION public.contacts_recognise_renamed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM contacts_suppression WHERE is_erased AND email = contacts_erased(NEW.email)) THEN
        INSERT INTO contacts_suppression (email, reason, detail, source, created_at)
        SELECT lower(NEW.email), reason, 'Erased, then added again', 'erasing', created_at FROM contacts_suppression
        WHERE email = contacts_erased(NEW.email) ON CONFLICT (email) DO NOTHING;
        DELETE FROM contacts_suppression WHERE email = contacts_erased(NEW.email);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION public.contacts_refuse_orphans() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_TABLE_NAME = 'contacts_contact' THEN
        IF NOT EXISTS (SELECT FROM contacts_subscription WHERE contact_id = OLD.id)
            OR EXISTS (SELECT FROM contacts_contact WHERE id = OLD.id) THEN
            RETURN NULL;
        END IF;
    ELSIF NOT EXISTS (SELECT FROM contacts_subscription WHERE list_id = OLD.id)
        OR EXISTS (SELECT FROM contacts_mailinglist WHERE id = OLD.id) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% % still has subscriptions', TG_TABLE_NAME, OLD.id USING ERRCODE = 'foreign_key_violation';
END $$;
CREATE FUNCTION public.delivery_message_partition(block bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    -- Also "IF NOT EXISTS" takes locks that wait for every writer.
    IF to_regclass(format('delivery_message_%s', block)) IS NOT NULL THEN
        RETURN;
    END IF;
    EXECUTE format(
        'CREATE TABLE delivery_message_%s PARTITION OF delivery_message
         FOR VALUES FROM (%s) TO (%s) WITH (fillfactor = 45)',
        block, block * 10000000, (block + 1) * 10000000);
    EXECUTE format('CREATE UNIQUE INDEX delivery_message_%s_once ON delivery_message_%s (contact_id, (CASE WHEN is_merged THEN -id ELSE batch_id END))', block, block);
    EXECUTE format('CREATE INDEX delivery_message_%s_email ON delivery_message_%s (lower(email) text_pattern_ops)', block, block);
    EXECUTE format('CREATE INDEX delivery_message_%s_batch ON delivery_message_%s (batch_id, id)', block, block);
END $$;
CREATE FUNCTION public.tracking_event_partition(day date) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE first date := date_trunc('month', day);
BEGIN
    EXECUTE format(
        'CREATE TABLE IF NOT EXISTS tracking_event_%s PARTITION OF tracking_event FOR VALUES FROM (%L) TO (%L)',
        to_char(first, 'YYYYMM'),
        to_char(first, 'YYYY-MM-DD') || ' 00:00:00+00',
        to_char(first + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+00');
END $$;
CREATE FUNCTION public.tracking_note_clicks() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO tracking_clickchange (message_id, at)
        SELECT message_id, now() FROM fresh WHERE kind = 2 AND link_id = 0 AND (NOT is_machine OR TG_OP = 'UPDATE');
    ELSE
        INSERT INTO tracking_clickchange (message_id, at)
        SELECT message_id, now() FROM stale WHERE kind = 2 AND link_id = 0 AND NOT is_machine;
    END IF;
    RETURN NULL;
END $$;
CREATE TABLE public.account_emailaddress (
    id integer NOT NULL,
    email character varying(254) NOT NULL,
    verified boolean NOT NULL,
    "primary" boolean NOT NULL,
    user_id bigint NOT NULL
);
ALTER TABLE public.account_emailaddress ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.account_emailaddress_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.account_emailconfirmation (
    id integer NOT NULL,
    created timestamp with time zone NOT NULL,
    sent timestamp with time zone,
    key character varying(64) NOT NULL,
    email_address_id integer NOT NULL
);
ALTER TABLE public.account_emailconfirmation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.account_emailconfirmation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_auditentry (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    action character varying(60) NOT NULL,
    subject character varying(200) NOT NULL,
    detail jsonb NOT NULL,
    ip inet,
    user_id bigint
);
ALTER TABLE public.accounts_auditentry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_auditentry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_brandkit (
    id bigint NOT NULL,
    name character varying(200) NOT NULL,
    sender_name character varying(120) NOT NULL,
    sender_email character varying(254) NOT NULL,
    logo character varying(200) NOT NULL,
    logo_on_dark character varying(200) NOT NULL,
    colour character varying(7) NOT NULL,
    accent character varying(7) NOT NULL,
    background character varying(7) NOT NULL,
    ink character varying(7) NOT NULL,
    heading_font character varying(10) NOT NULL,
    body_font character varying(10) NOT NULL,
    corners character varying(6) NOT NULL,
    postal_address text NOT NULL,
    footer text NOT NULL,
    social jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL
);
ALTER TABLE public.accounts_brandkit ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_brandkit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_invitation (
    id bigint NOT NULL,
    email character varying(254) NOT NULL,
    role character varying(10) NOT NULL,
    token_digest character varying(64) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    accepted_at timestamp with time zone,
    invited_by_id bigint NOT NULL,
    mail_problem character varying(300) NOT NULL,
    mail_state character varying(9) NOT NULL
);
ALTER TABLE public.accounts_invitation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_invitation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_organisation (
    id bigint NOT NULL,
    name character varying(200) NOT NULL,
    postal_address text NOT NULL,
    time_zone character varying(64) NOT NULL,
    sender_name character varying(120) NOT NULL,
    sender_email character varying(254) NOT NULL,
    public_url character varying(200) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    second_factor_required boolean NOT NULL,
    bounce_domain character varying(200) NOT NULL,
    address_kept character varying(13) DEFAULT 'neighbourhood'::character varying NOT NULL,
    measures_unknown_clicks boolean DEFAULT true NOT NULL,
    measures_unknown_opens boolean DEFAULT true NOT NULL,
    tracking character varying(10) DEFAULT 'individual'::character varying NOT NULL,
    tracking_url character varying(200) DEFAULT ''::character varying NOT NULL,
    brand_id bigint,
    approval character varying(6) DEFAULT 'none'::character varying NOT NULL,
    approval_above integer DEFAULT 0 NOT NULL,
    CONSTRAINT accounts_organisation_approval_above_check CHECK ((approval_above >= 0)),
    CONSTRAINT one_organisation CHECK ((id = 1))
);
ALTER TABLE public.accounts_organisation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_organisation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.accounts_session (
    session_key character varying(40) NOT NULL,
    session_data text NOT NULL,
    expire_date timestamp with time zone NOT NULL,
    user_id bigint
);
CREATE TABLE public.accounts_user (
    id bigint NOT NULL,
    password character varying(128) NOT NULL,
    last_login timestamp with time zone,
    email character varying(254) NOT NULL,
    name character varying(120) NOT NULL,
    role character varying(10) NOT NULL,
    is_active boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    session_epoch integer NOT NULL,
    wants_summary boolean DEFAULT false NOT NULL,
    muted_alarms character varying(20)[] NOT NULL,
    CONSTRAINT accounts_user_session_epoch_check CHECK ((session_epoch >= 0))
);
ALTER TABLE public.accounts_user ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.accounts_user_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.auth_group (
    id integer NOT NULL,
    name character varying(150) NOT NULL
);
ALTER TABLE public.auth_group ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.auth_group_permissions (
    id bigint NOT NULL,
    group_id integer NOT NULL,
    permission_id integer NOT NULL
);
ALTER TABLE public.auth_group_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.auth_permission (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    content_type_id integer NOT NULL,
    codename character varying(100) NOT NULL
);
ALTER TABLE public.auth_permission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_permission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.campaigns_approval (
    id bigint NOT NULL,
    state character varying(10) NOT NULL,
    note text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    decided_at timestamp with time zone,
    answer text NOT NULL,
    frozen jsonb,
    asked_by_id bigint,
    asked_of_id bigint,
    campaign_id bigint NOT NULL,
    decided_by_id bigint,
    version_id bigint
);
ALTER TABLE public.campaigns_approval ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.campaigns_approval_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.campaigns_attachment (
    id bigint NOT NULL,
    name character varying(150) NOT NULL,
    media_type character varying(100) NOT NULL,
    size_bytes integer NOT NULL,
    path character varying(200) NOT NULL,
    event character varying(40) NOT NULL,
    is_linked boolean NOT NULL,
    public_name character varying(22) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    campaign_id bigint NOT NULL,
    created_by_id bigint,
    CONSTRAINT campaigns_attachment_size_bytes_check CHECK ((size_bytes >= 0))
);
ALTER TABLE public.campaigns_attachment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.campaigns_attachment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.campaigns_campaign (
    id bigint NOT NULL,
    name character varying(200) NOT NULL,
    sender_name character varying(120) NOT NULL,
    sender_email character varying(254) NOT NULL,
    reply_to character varying(254) NOT NULL,
    subject character varying(300) NOT NULL,
    preheader character varying(300) NOT NULL,
    content_kind character varying(6) NOT NULL,
    blocks jsonb NOT NULL,
    html text NOT NULL,
    text text NOT NULL,
    scheduled_at timestamp with time zone,
    batch_id bigint,
    is_sample boolean NOT NULL,
    version integer NOT NULL,
    updated_by_id bigint,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    created_by_id bigint,
    provider_id bigint,
    revision_of_id bigint,
    repeats_id bigint,
    tags character varying(100)[] NOT NULL,
    tracking character varying(10) DEFAULT ''::character varying NOT NULL,
    brand_id bigint,
    excluded_tags character varying(100)[] NOT NULL,
    fixed_audience_id bigint,
    language character varying(12) DEFAULT 'en'::character varying NOT NULL,
    translation_of_id bigint,
    on_any_list boolean DEFAULT false NOT NULL,
    CONSTRAINT campaigns_campaign_version_check CHECK ((version >= 0))
);
CREATE TABLE public.campaigns_campaign_excluded_lists (
    id bigint NOT NULL,
    campaign_id bigint NOT NULL,
    mailinglist_id bigint NOT NULL
);
ALTER TABLE public.campaigns_campaign_excluded_lists ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.campaigns_campaign_excluded_lists_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.campaigns_campaign_excluded_segments (
    id bigint NOT NULL,
    campaign_id bigint NOT NULL,
    segment_id bigint NOT NULL
);
ALTER TABLE public.campaigns_campaign_excluded_segments ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.campaigns_campaign_excluded_segments_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE public.campaigns_campaign ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.campaigns_campaign_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.campaigns_campaign_lists (
    id bigint NOT NULL,
    campaign_id bigint NOT NULL,
    mailinglist_id bigint NOT NULL
);
ALTER TABLE public.campaigns_campaign_lists ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.campaigns_campaign_lists_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.campaigns_campaign_segments (
    id bigint NOT NULL,
    campaign_id bigint NOT NULL,
    segment_id bigint NOT NULL
);
ALTER TABLE public.campaigns_campaign_segments ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.campaigns_campaign_segments_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.campaigns_comment (
    id bigint NOT NULL,
    block character varying(40) NOT NULL,
    kind character varying(40) NOT NULL,
    excerpt character varying(80) NOT NULL,
    text text NOT NULL,
    at timestamp with time zone NOT NULL,
    resolved_at timestamp with time zone,
    answers_id bigint,
    by_id bigint,
    campaign_id bigint NOT NULL,
    resolved_by_id bigint,
    edited_at timestamp with time zone
);
ALTER TABLE public.campaigns_comment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.campaigns_comment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.campaigns_draftstep (
    id bigint NOT NULL,
    leads character varying(5) NOT NULL,
    blocks jsonb NOT NULL,
    touched character varying(40) NOT NULL,
    at timestamp with time zone NOT NULL,
    campaign_id bigint NOT NULL,
    by_id bigint
);
ALTER TABLE public.campaigns_draftstep ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.campaigns_draftstep_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.campaigns_draftversion (
    id bigint NOT NULL,
    name character varying(120) NOT NULL,
    words jsonb,
    began_at timestamp with time zone NOT NULL,
    at timestamp with time zone NOT NULL,
    by_id bigint,
    campaign_id bigint NOT NULL,
    restores_id bigint
);
ALTER TABLE public.campaigns_draftversion ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.campaigns_draftversion_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.campaigns_edition (
    id bigint NOT NULL,
    is_test boolean NOT NULL,
    contact_id bigint,
    sender_name character varying(120) NOT NULL,
    sender_email character varying(254) NOT NULL,
    reply_to character varying(254) NOT NULL,
    subject character varying(10000) NOT NULL,
    preheader character varying(10000) NOT NULL,
    html text NOT NULL,
    text text NOT NULL,
    organisation jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    batch_id bigint,
    campaign_id bigint,
    created_by_id bigint,
    link_ids bigint[] NOT NULL,
    version smallint NOT NULL,
    preflight jsonb,
    tracking character varying(10) DEFAULT 'individual'::character varying NOT NULL,
    attachments jsonb DEFAULT '[]'::jsonb NOT NULL,
    language character varying(12) DEFAULT 'en'::character varying NOT NULL,
    translation_of_id bigint,
    CONSTRAINT campaigns_edition_version_check CHECK ((version >= 0))
);
ALTER TABLE public.campaigns_edition ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.campaigns_edition_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.campaigns_image (
    id bigint NOT NULL,
    name character varying(200) NOT NULL,
    storage_name character varying(200) NOT NULL,
    alt character varying(300) NOT NULL,
    width integer NOT NULL,
    height integer NOT NULL,
    size_bytes integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_id bigint,
    crop integer[],
    earlier_names character varying(200)[] NOT NULL,
    focal_x smallint NOT NULL,
    focal_y smallint NOT NULL,
    frames smallint NOT NULL,
    is_decorative boolean NOT NULL,
    max_width integer NOT NULL,
    original_height integer NOT NULL,
    original_path character varying(200) NOT NULL,
    original_width integer NOT NULL,
    whole_name character varying(200) NOT NULL,
    folder_id bigint,
    CONSTRAINT campaigns_image_focal_x_check CHECK ((focal_x >= 0)),
    CONSTRAINT campaigns_image_focal_y_check CHECK ((focal_y >= 0)),
    CONSTRAINT campaigns_image_frames_check CHECK ((frames >= 0)),
    CONSTRAINT campaigns_image_height_check CHECK ((height >= 0)),
    CONSTRAINT campaigns_image_max_width_check CHECK ((max_width >= 0)),
    CONSTRAINT campaigns_image_original_height_check CHECK ((original_height >= 0)),
    CONSTRAINT campaigns_image_original_width_check CHECK ((original_width >= 0)),
    CONSTRAINT campaigns_image_size_bytes_check CHECK ((size_bytes >= 0)),
    CONSTRAINT campaigns_image_width_check CHECK ((width >= 0))
);
ALTER TABLE public.campaigns_image ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.campaigns_image_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.campaigns_imagefolder (
    id bigint NOT NULL,
    name character varying(80) NOT NULL
);
ALTER TABLE public.campaigns_imagefolder ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.campaigns_imagefolder_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.campaigns_mailimport (
    id bigint NOT NULL,
    kind character varying(7) NOT NULL,
    name character varying(400) NOT NULL,
    html text NOT NULL,
    mjml text NOT NULL,
    notes jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    campaign_id bigint NOT NULL,
    created_by_id bigint
);
ALTER TABLE public.campaigns_mailimport ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.campaigns_mailimport_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.campaigns_mention (
    id bigint NOT NULL,
    is_open boolean NOT NULL,
    mailed_at timestamp with time zone,
    by_id bigint,
    conversation_id bigint NOT NULL,
    user_id bigint NOT NULL
);
ALTER TABLE public.campaigns_mention ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.campaigns_mention_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.campaigns_proofsheet (
    id bigint NOT NULL,
    counted_to bigint NOT NULL,
    sources jsonb NOT NULL,
    document jsonb NOT NULL,
    digest character varying(64) NOT NULL,
    signature character varying(100) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    alive_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    campaign_id bigint NOT NULL,
    created_by_id bigint
);
ALTER TABLE public.campaigns_proofsheet ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.campaigns_proofsheet_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.campaigns_savedblock (
    id bigint NOT NULL,
    name character varying(120) NOT NULL,
    blocks jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    created_by_id bigint
);
ALTER TABLE public.campaigns_savedblock ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.campaigns_savedblock_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.campaigns_seedlist (
    id bigint NOT NULL,
    name character varying(80) NOT NULL,
    addresses character varying(254)[] NOT NULL,
    changed_at timestamp with time zone NOT NULL
);
ALTER TABLE public.campaigns_seedlist ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.campaigns_seedlist_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.campaigns_sharedreport (
    id bigint NOT NULL,
    secret character varying(22) NOT NULL,
    note character varying(120) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    campaign_id bigint,
    created_by_id bigint,
    page character varying(20) DEFAULT ''::character varying NOT NULL,
    query character varying(2000) DEFAULT ''::character varying NOT NULL
);
ALTER TABLE public.campaigns_sharedreport ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.campaigns_sharedreport_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.campaigns_signupmail (
    id bigint NOT NULL,
    form_id bigint NOT NULL,
    form_name character varying(120) NOT NULL,
    kind character varying(7) NOT NULL,
    language character varying(12) NOT NULL,
    digest character varying(64) NOT NULL,
    sender_name character varying(120) NOT NULL,
    sender_email character varying(254) NOT NULL,
    subject character varying(200) NOT NULL,
    words jsonb NOT NULL,
    organisation jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL
);
ALTER TABLE public.campaigns_signupmail ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.campaigns_signupmail_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.campaigns_template (
    campaign_id bigint NOT NULL,
    description character varying(200) NOT NULL,
    archived_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL
);
CREATE TABLE public.campaigns_testaddress (
    id bigint NOT NULL,
    email character varying(254) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    agreed_at timestamp with time zone,
    asked_by_id bigint
);
ALTER TABLE public.campaigns_testaddress ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.campaigns_testaddress_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.campaigns_weeklysummary (
    id bigint NOT NULL,
    week date NOT NULL,
    state character varying(9) NOT NULL,
    tries smallint NOT NULL,
    tried_at timestamp with time zone NOT NULL,
    problem character varying(300) NOT NULL,
    user_id bigint NOT NULL,
    CONSTRAINT campaigns_weeklysummary_tries_check CHECK ((tries >= 0))
);
ALTER TABLE public.campaigns_weeklysummary ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.campaigns_weeklysummary_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_addresschange (
    id bigint NOT NULL,
    old_email character varying(320) NOT NULL,
    new_email character varying(320) NOT NULL,
    confirm_digest character varying(64) NOT NULL,
    undo_digest character varying(64) NOT NULL,
    ip inet,
    asked_at timestamp with time zone NOT NULL,
    confirmed_at timestamp with time zone,
    undone_at timestamp with time zone,
    contact_id bigint NOT NULL
);
ALTER TABLE public.contacts_addresschange ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_addresschange_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_audiencecount (
    id bigint NOT NULL,
    counted_at timestamp with time zone NOT NULL,
    took_seconds double precision NOT NULL,
    seen character varying(200) NOT NULL
);
ALTER TABLE public.contacts_audiencecount ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_audiencecount_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_audienceday (
    "on" date NOT NULL,
    joined bigint NOT NULL,
    unsubscribed bigint NOT NULL,
    bounced bigint NOT NULL,
    complained bigint NOT NULL,
    blocked bigint NOT NULL,
    expired bigint DEFAULT 0 NOT NULL
);
CREATE TABLE public.contacts_bulkchange (
    id bigint NOT NULL,
    action character varying(20) NOT NULL,
    options jsonb NOT NULL,
    chosen jsonb NOT NULL,
    state character varying(9) NOT NULL,
    expected bigint NOT NULL,
    total bigint NOT NULL,
    seen bigint NOT NULL,
    changed bigint NOT NULL,
    restored bigint NOT NULL,
    kept bigint NOT NULL,
    problem text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    alive_at timestamp with time zone NOT NULL,
    created_by_id bigint
);
ALTER TABLE public.contacts_bulkchange ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_bulkchange_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_bulkslice (
    id bigint NOT NULL,
    contact_ids bigint[] NOT NULL,
    was jsonb,
    is_undone boolean NOT NULL,
    change_id bigint NOT NULL
);
ALTER TABLE public.contacts_bulkslice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_bulkslice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_chosencolumns (
    id bigint NOT NULL,
    place character varying(6) NOT NULL,
    keys character varying(80)[] NOT NULL,
    user_id bigint NOT NULL
);
ALTER TABLE public.contacts_chosencolumns ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_chosencolumns_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_consentevent (
    id bigint NOT NULL,
    kind character varying(10) NOT NULL,
    channel character varying(20) NOT NULL,
    text character varying(500) NOT NULL,
    ip inet,
    at timestamp with time zone NOT NULL,
    by_id bigint,
    contact_id bigint NOT NULL,
    list_id bigint,
    wording_id bigint
);
ALTER TABLE public.contacts_consentevent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_consentevent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_contact (
    id bigint NOT NULL,
    email character varying(320) NOT NULL,
    first_name character varying(200) NOT NULL,
    last_name character varying(200) NOT NULL,
    attributes jsonb NOT NULL,
    language character varying(12) NOT NULL,
    time_zone character varying(64) NOT NULL,
    open_consent character varying(8) DEFAULT 'unknown'::character varying NOT NULL,
    is_sample boolean NOT NULL,
    source character varying(120) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    last_sent_at timestamp with time zone,
    last_opened_at timestamp with time zone,
    last_clicked_at timestamp with time zone,
    click_consent character varying(8) DEFAULT 'unknown'::character varying NOT NULL,
    guessed_language character varying(12) DEFAULT ''::character varying NOT NULL,
    guessed_language_from character varying(20) DEFAULT ''::character varying NOT NULL,
    guessed_time_zone character varying(64) DEFAULT ''::character varying NOT NULL,
    guessed_time_zone_from character varying(20) DEFAULT ''::character varying NOT NULL,
    recent_clicked bigint DEFAULT 0 NOT NULL,
    recent_mails smallint DEFAULT 0 NOT NULL,
    recent_opened bigint DEFAULT 0 NOT NULL,
    paused_until timestamp with time zone
);
ALTER TABLE public.contacts_contact ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_contact_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_deletedperson (
    contact_id bigint NOT NULL,
    email character varying(320) NOT NULL,
    rows jsonb NOT NULL,
    change_id bigint NOT NULL
);
CREATE TABLE public.contacts_erasure (
    id bigint NOT NULL,
    state character varying(8) NOT NULL,
    address character varying(320) NOT NULL,
    contact_id bigint,
    message_ids bigint[] NOT NULL,
    digest character varying(80) NOT NULL,
    reason character varying(300) NOT NULL,
    counts jsonb NOT NULL,
    at timestamp with time zone NOT NULL,
    worked_at timestamp with time zone,
    finished_at timestamp with time zone,
    by_id bigint
);
ALTER TABLE public.contacts_erasure ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_erasure_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_erasuresalt (
    id boolean DEFAULT true NOT NULL,
    salt text NOT NULL,
    CONSTRAINT contacts_erasuresalt_id_check CHECK (id)
);
CREATE TABLE public.contacts_exportjob (
    id bigint NOT NULL,
    query text NOT NULL,
    columns character varying(80)[] NOT NULL,
    state character varying(9) NOT NULL,
    total bigint NOT NULL,
    done bigint NOT NULL,
    storage_name character varying(200) NOT NULL,
    problem text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    alive_at timestamp with time zone NOT NULL,
    created_by_id bigint NOT NULL
);
ALTER TABLE public.contacts_exportjob ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_exportjob_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_field (
    id bigint NOT NULL,
    key character varying(60) NOT NULL,
    label character varying(120) NOT NULL,
    kind character varying(8) NOT NULL,
    "position" integer NOT NULL,
    counted_at timestamp with time zone,
    "default" character varying(300) DEFAULT ''::character varying NOT NULL,
    help_text character varying(300) DEFAULT ''::character varying NOT NULL,
    options jsonb DEFAULT '[]'::jsonb NOT NULL,
    people bigint,
    chosen jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT contacts_field_position_check CHECK (("position" >= 0))
);
ALTER TABLE public.contacts_field ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_field_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_fieldchange (
    id bigint NOT NULL,
    key character varying(60) NOT NULL,
    label character varying(120) NOT NULL,
    act character varying(6) NOT NULL,
    state character varying(9) NOT NULL,
    details jsonb NOT NULL,
    counts jsonb NOT NULL,
    after bigint NOT NULL,
    until bigint NOT NULL,
    problem character varying(300) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    alive_at timestamp with time zone,
    created_by_id bigint,
    field_id bigint
);
ALTER TABLE public.contacts_fieldchange ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_fieldchange_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_fieldindex (
    id bigint NOT NULL,
    name character varying(60) NOT NULL,
    wanted_at timestamp with time zone NOT NULL
);
ALTER TABLE public.contacts_fieldindex ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_fieldindex_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_fixedaudience (
    id bigint NOT NULL,
    chosen jsonb NOT NULL,
    people bigint,
    at timestamp with time zone,
    asked_at timestamp with time zone NOT NULL
);
ALTER TABLE public.contacts_fixedaudience ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_fixedaudience_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_fixedmember (
    contact_id bigint NOT NULL,
    audience_id bigint NOT NULL
);
CREATE TABLE public.contacts_guessinground (
    id bigint NOT NULL,
    after bigint NOT NULL,
    ended_at timestamp with time zone
);
ALTER TABLE public.contacts_guessinground ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_guessinground_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_headcount (
    id bigint NOT NULL,
    people bigint NOT NULL
);
ALTER TABLE public.contacts_headcount ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_headcount_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_importgraver (
    id bigint NOT NULL,
    suppression_id bigint NOT NULL,
    reason character varying(12) NOT NULL,
    was_reason character varying(12) NOT NULL,
    was_detail character varying(1000) NOT NULL,
    slice_id bigint NOT NULL
);
ALTER TABLE public.contacts_importgraver ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_importgraver_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_importjob (
    id bigint NOT NULL,
    file_name character varying(200) NOT NULL,
    storage_name character varying(200) NOT NULL,
    size_bytes bigint NOT NULL,
    state character varying(10) NOT NULL,
    options jsonb NOT NULL,
    counts jsonb NOT NULL,
    rows_done bigint NOT NULL,
    rows_total bigint NOT NULL,
    problem text NOT NULL,
    refused_storage_name character varying(200) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    alive_at timestamp with time zone,
    created_by_id bigint
);
ALTER TABLE public.contacts_importjob ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_importjob_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_importoverwritten (
    contact_id bigint NOT NULL,
    first_name text,
    was_first_name text,
    last_name text,
    was_last_name text,
    language text,
    was_language text,
    time_zone text,
    was_time_zone text,
    attributes jsonb,
    was_attributes jsonb,
    open_consent text,
    was_open_consent text,
    click_consent text,
    was_click_consent text,
    was_sample boolean NOT NULL,
    was_updated_at timestamp with time zone NOT NULL,
    slice_id bigint NOT NULL
);
CREATE TABLE public.contacts_importslice (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    mode character varying(10) NOT NULL,
    lists bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    added bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    found bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    joined bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    "left" bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    left_state character varying(12)[] DEFAULT '{}'::character varying(12)[] NOT NULL,
    left_changed_at timestamp with time zone[] DEFAULT '{}'::timestamp with time zone[] NOT NULL,
    suppressed bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    also_suppressed bigint[] DEFAULT '{}'::bigint[] NOT NULL,
    undone_at timestamp with time zone,
    job_id bigint NOT NULL
);
ALTER TABLE ONLY public.contacts_importslice ALTER COLUMN added SET STORAGE EXTERNAL;
ALTER TABLE ONLY public.contacts_importslice ALTER COLUMN found SET STORAGE EXTERNAL;
ALTER TABLE ONLY public.contacts_importslice ALTER COLUMN joined SET STORAGE EXTERNAL;
ALTER TABLE public.contacts_importslice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_importslice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_importundo (
    id bigint NOT NULL,
    state character varying(8) NOT NULL,
    counts jsonb NOT NULL,
    rows_done bigint NOT NULL,
    rows_total bigint NOT NULL,
    last_slice_id bigint NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    alive_at timestamp with time zone,
    created_by_id bigint,
    job_id bigint NOT NULL
);
ALTER TABLE public.contacts_importundo ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_importundo_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_listbasis (
    list_id bigint NOT NULL,
    basis character varying(11) NOT NULL,
    note character varying(500) NOT NULL,
    months smallint,
    changed_at timestamp with time zone NOT NULL,
    changed_by_id bigint,
    counted_from_id bigint,
    CONSTRAINT contacts_listbasis_months_check CHECK ((months >= 0))
);
CREATE TABLE public.contacts_listchange (
    id bigint NOT NULL,
    list_id bigint,
    at timestamp with time zone NOT NULL,
    joined bigint NOT NULL,
    unsubscribed bigint NOT NULL,
    deleted bigint NOT NULL
);
ALTER TABLE public.contacts_listchange ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_listchange_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_listday (
    id bigint NOT NULL,
    "on" date NOT NULL,
    joined bigint NOT NULL,
    back bigint NOT NULL,
    unsubscribed bigint NOT NULL,
    deleted bigint NOT NULL,
    lost bigint NOT NULL,
    list_id bigint NOT NULL
);
ALTER TABLE public.contacts_listday ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_listday_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_listsuppression (
    id bigint NOT NULL,
    email character varying(320) NOT NULL,
    detail character varying(1000) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    by_id bigint,
    list_id bigint NOT NULL
);
ALTER TABLE public.contacts_listsuppression ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_listsuppression_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_lostsubscription (
    subscription_id bigint NOT NULL,
    list_id bigint NOT NULL
);
CREATE TABLE public.contacts_mailinglist (
    id bigint NOT NULL,
    name character varying(120) NOT NULL,
    description character varying(300) NOT NULL,
    is_sample boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    public_name character varying(120) NOT NULL,
    archived_at timestamp with time zone,
    is_public boolean DEFAULT false NOT NULL,
    opt_in character varying(6) DEFAULT 'double'::character varying NOT NULL,
    public_description character varying(300) DEFAULT ''::character varying NOT NULL,
    sender_email character varying(254) DEFAULT ''::character varying NOT NULL,
    sender_name character varying(120) DEFAULT ''::character varying NOT NULL
);
ALTER TABLE public.contacts_mailinglist ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_mailinglist_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_merge (
    id bigint NOT NULL,
    gone_id bigint NOT NULL,
    email character varying(320) NOT NULL,
    consent_ids bigint[] NOT NULL,
    tracking_ids bigint[] NOT NULL,
    was jsonb NOT NULL,
    at timestamp with time zone NOT NULL,
    by_id bigint,
    contact_id bigint NOT NULL
);
ALTER TABLE public.contacts_merge ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_merge_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_nameplace (
    contact_id bigint NOT NULL,
    name text NOT NULL
);
CREATE TABLE public.contacts_note (
    id bigint NOT NULL,
    text text NOT NULL,
    at timestamp with time zone NOT NULL,
    edited_at timestamp with time zone,
    by_id bigint,
    contact_id bigint NOT NULL,
    edited_by_id bigint
);
ALTER TABLE public.contacts_note ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_note_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_peopleblock (
    block bigint NOT NULL,
    reachable bigint NOT NULL,
    unsubscribed bigint NOT NULL,
    suppressed bigint NOT NULL,
    on_no_list bigint NOT NULL,
    tags text[] NOT NULL,
    lists bigint[] NOT NULL
);
CREATE TABLE public.contacts_searchblock (
    block bigint NOT NULL,
    words text NOT NULL
)
WITH (toast_tuple_target='8160');
CREATE TABLE public.contacts_segment (
    id bigint NOT NULL,
    name character varying(120) NOT NULL,
    rules jsonb NOT NULL,
    people bigint,
    reachable bigint,
    counted_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    created_by_id bigint
);
ALTER TABLE public.contacts_segment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_segment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_segmentday (
    id bigint NOT NULL,
    day date NOT NULL,
    people bigint NOT NULL,
    segment_id bigint NOT NULL
);
ALTER TABLE public.contacts_segmentday ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_segmentday_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_signupform (
    id bigint NOT NULL,
    name character varying(120) NOT NULL,
    key character varying(12) NOT NULL,
    visitor_chooses boolean NOT NULL,
    fields jsonb NOT NULL,
    language character varying(12) NOT NULL,
    title character varying(120) NOT NULL,
    intro character varying(1000) NOT NULL,
    consent_text character varying(400) NOT NULL,
    button character varying(60) NOT NULL,
    thanks character varying(1000) NOT NULL,
    thanks_url character varying(500) NOT NULL,
    confirmed_url character varying(500) NOT NULL,
    sender_name character varying(120) NOT NULL,
    sender_email character varying(254) NOT NULL,
    mail_subject character varying(200) NOT NULL,
    mail_text character varying(3000) NOT NULL,
    sends_welcome boolean NOT NULL,
    welcome_subject character varying(200) NOT NULL,
    welcome_text character varying(5000) NOT NULL,
    confirm_days smallint NOT NULL,
    frame_hosts character varying(260)[] NOT NULL,
    paused_at timestamp with time zone,
    pause_reason character varying(300) NOT NULL,
    resumed_at timestamp with time zone,
    archived_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    created_by_id bigint,
    background_colour character varying(7) NOT NULL,
    button_colour character varying(7) NOT NULL,
    proof_of_work boolean NOT NULL,
    text_colour character varying(7) NOT NULL,
    asks_counting boolean NOT NULL,
    CONSTRAINT contacts_signupform_confirm_days_check CHECK ((confirm_days >= 0))
);
ALTER TABLE public.contacts_signupform ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_signupform_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_signupform_lists (
    id bigint NOT NULL,
    signupform_id bigint NOT NULL,
    mailinglist_id bigint NOT NULL
);
ALTER TABLE public.contacts_signupform_lists ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_signupform_lists_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_signuphour (
    id bigint NOT NULL,
    hour timestamp with time zone NOT NULL,
    asked integer NOT NULL,
    confirmed integer NOT NULL,
    expired integer NOT NULL,
    refused integer NOT NULL,
    form_id bigint NOT NULL
);
ALTER TABLE public.contacts_signuphour ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_signuphour_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_signupletter (
    message_id bigint NOT NULL,
    key character varying(320) NOT NULL,
    kind character varying(7) NOT NULL,
    at timestamp with time zone NOT NULL,
    request_id bigint NOT NULL
);
CREATE TABLE public.contacts_signuprequest (
    id bigint NOT NULL,
    email character varying(320) NOT NULL,
    key character varying(320) NOT NULL,
    lists bigint[] NOT NULL,
    "values" jsonb NOT NULL,
    language character varying(12) NOT NULL,
    way character varying(5) NOT NULL,
    site character varying(200) NOT NULL,
    ip inet,
    user_agent character varying(300) NOT NULL,
    state character varying(10) NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    confirmed_at timestamp with time zone,
    contact_id bigint,
    form_id bigint NOT NULL,
    wording_id bigint,
    counting jsonb NOT NULL
);
ALTER TABLE public.contacts_signuprequest ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_signuprequest_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_signupshown (
    id bigint NOT NULL,
    day date NOT NULL,
    people integer NOT NULL,
    machines integer NOT NULL,
    form_id bigint NOT NULL
);
ALTER TABLE public.contacts_signupshown ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_signupshown_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_signupwording (
    id bigint NOT NULL,
    digest character varying(64) NOT NULL,
    language character varying(12) NOT NULL,
    text text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    form_id bigint
);
ALTER TABLE public.contacts_signupwording ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_signupwording_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_spentproof (
    nonce character varying(64) NOT NULL,
    lapses_at timestamp with time zone NOT NULL
);
CREATE TABLE public.contacts_staleblock (
    id bigint NOT NULL,
    block bigint NOT NULL
);
ALTER TABLE public.contacts_staleblock ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_staleblock_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_subscription (
    id bigint NOT NULL,
    state character varying(12) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    contact_id bigint NOT NULL,
    list_id bigint NOT NULL,
    expires_at timestamp with time zone,
    is_express boolean DEFAULT false NOT NULL
);
ALTER TABLE public.contacts_subscription ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_subscription_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_suppression (
    id bigint NOT NULL,
    email character varying(320) NOT NULL,
    reason character varying(12) NOT NULL,
    detail character varying(1000) NOT NULL,
    source character varying(60) NOT NULL,
    message_id bigint,
    created_at timestamp with time zone NOT NULL,
    is_erased boolean DEFAULT false NOT NULL
);
ALTER TABLE public.contacts_suppression ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_suppression_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_trackingconsentevent (
    id bigint NOT NULL,
    part character varying(6) NOT NULL,
    state character varying(8) NOT NULL,
    channel character varying(20) NOT NULL,
    text character varying(500) NOT NULL,
    ip inet,
    at timestamp with time zone NOT NULL,
    by_id bigint,
    contact_id bigint NOT NULL,
    wording_id bigint
);
ALTER TABLE public.contacts_trackingconsentevent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_trackingconsentevent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_valuechange (
    id bigint NOT NULL,
    "values" jsonb NOT NULL,
    at timestamp with time zone NOT NULL,
    by_id bigint,
    contact_id bigint NOT NULL
);
ALTER TABLE public.contacts_valuechange ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_valuechange_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.contacts_wording (
    id bigint NOT NULL,
    place character varying(60) NOT NULL,
    language character varying(12) NOT NULL,
    version integer NOT NULL,
    digest character varying(64) NOT NULL,
    text text NOT NULL,
    since timestamp with time zone NOT NULL,
    CONSTRAINT contacts_wording_version_check CHECK ((version >= 0))
);
ALTER TABLE public.contacts_wording ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.contacts_wording_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_alert (
    id bigint NOT NULL,
    about character varying(100) NOT NULL,
    title character varying(300) NOT NULL,
    text text NOT NULL,
    url character varying(300) NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    over_at timestamp with time zone
);
ALTER TABLE public.delivery_alert ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_alert_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_alertmail (
    id bigint NOT NULL,
    news character varying(5) NOT NULL,
    state character varying(9) NOT NULL,
    tries smallint NOT NULL,
    tried_at timestamp with time zone NOT NULL,
    problem character varying(300) NOT NULL,
    alert_id bigint NOT NULL,
    user_id bigint NOT NULL,
    CONSTRAINT delivery_alertmail_tries_check CHECK ((tries >= 0))
);
ALTER TABLE public.delivery_alertmail ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_alertmail_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_askedblocklist (
    key character varying(20) NOT NULL,
    since timestamp with time zone NOT NULL
);
CREATE TABLE public.delivery_attempt (
    id bigint NOT NULL,
    message_id bigint NOT NULL,
    at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    stage character varying(12) NOT NULL,
    code smallint,
    enhanced character varying(12) DEFAULT ''::character varying NOT NULL,
    text character varying(1000) DEFAULT ''::character varying NOT NULL,
    category character varying(30) NOT NULL,
    decision character varying(12) NOT NULL,
    duration_ms integer DEFAULT 0 NOT NULL,
    next_attempt_at timestamp with time zone,
    provider_id bigint,
    batch_id bigint NOT NULL
);
ALTER TABLE public.delivery_attempt ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_attempt_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_batch (
    id bigint NOT NULL,
    kind character varying(6) NOT NULL,
    stream character varying(13) NOT NULL,
    state character varying(9) NOT NULL,
    state_reason character varying(500) NOT NULL,
    "group" character varying(40) NOT NULL,
    content_kind character varying(30) NOT NULL,
    content_id bigint NOT NULL,
    rehearsal boolean NOT NULL,
    lists bigint[] NOT NULL,
    audience jsonb NOT NULL,
    left_out jsonb NOT NULL,
    hold_until timestamp with time zone,
    not_before timestamp with time zone,
    expires_at timestamp with time zone,
    first_id bigint,
    last_id bigint,
    total bigint NOT NULL,
    built_at timestamp with time zone,
    job_queued_at timestamp with time zone,
    accepted bigint NOT NULL,
    pending bigint NOT NULL,
    deferred bigint NOT NULL,
    refused bigint NOT NULL,
    uncertain bigint NOT NULL,
    skipped bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    audited_at timestamp with time zone,
    audit jsonb NOT NULL,
    speed double precision NOT NULL,
    speed_done bigint NOT NULL,
    speed_at timestamp with time zone,
    provider_id bigint,
    blocked bigint NOT NULL,
    hard bigint NOT NULL,
    resumed_at_figures jsonb,
    stop_rule character varying(10) NOT NULL,
    version smallint DEFAULT 1 NOT NULL,
    sender_domain character varying(255) DEFAULT ''::character varying NOT NULL,
    accepted_when_paused bigint,
    repeats_id bigint,
    has_unproven boolean DEFAULT false NOT NULL,
    unproven_seen integer DEFAULT 0 NOT NULL,
    bad_day boolean DEFAULT false NOT NULL,
    paused_lanes jsonb DEFAULT '{}'::jsonb NOT NULL,
    tracking character varying(10) DEFAULT 'individual'::character varying NOT NULL,
    rehearsed_for_id bigint,
    languages character varying(12)[] DEFAULT '{}'::character varying(12)[] NOT NULL,
    people_by_language jsonb DEFAULT '{}'::jsonb NOT NULL,
    segments jsonb DEFAULT '[]'::jsonb NOT NULL,
    is_direct boolean DEFAULT false NOT NULL,
    most_unapproved integer,
    people_unapproved bigint,
    is_test boolean DEFAULT false NOT NULL,
    CONSTRAINT bad_day_is_rehearsed CHECK (((NOT bad_day) OR rehearsal)),
    CONSTRAINT delivery_batch_most_unapproved_check CHECK ((most_unapproved >= 0)),
    CONSTRAINT delivery_batch_version_check CHECK ((version >= 0))
);
ALTER TABLE public.delivery_batch ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_batch_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_breaker (
    provider_id bigint NOT NULL,
    state character varying(9) NOT NULL,
    cause character varying(10) NOT NULL,
    words character varying(500) NOT NULL,
    detail character varying(1000) NOT NULL,
    since timestamp with time zone,
    next_try_at timestamp with time zone,
    openings smallint NOT NULL,
    closed_at timestamp with time zone,
    failures integer NOT NULL,
    failing_since timestamp with time zone,
    recent smallint NOT NULL,
    throttled double precision NOT NULL,
    CONSTRAINT delivery_breaker_failures_check CHECK ((failures >= 0)),
    CONSTRAINT delivery_breaker_openings_check CHECK ((openings >= 0)),
    CONSTRAINT delivery_breaker_recent_check CHECK ((recent >= 0))
);
CREATE TABLE public.delivery_chunk (
    id bigint NOT NULL,
    lane character varying(12) DEFAULT 'other'::character varying NOT NULL,
    not_before timestamp with time zone,
    first_id bigint,
    last_id bigint,
    ids bigint[],
    size integer NOT NULL,
    offered_at timestamp with time zone,
    offered_until timestamp with time zone,
    epoch integer DEFAULT 0 NOT NULL,
    owner uuid,
    owner_host character varying(80) DEFAULT ''::character varying NOT NULL,
    owner_boot character varying(40) DEFAULT ''::character varying NOT NULL,
    journal character varying(200) DEFAULT ''::character varying NOT NULL,
    lease_until timestamp with time zone,
    flush_no integer DEFAULT 0 NOT NULL,
    window_end integer DEFAULT 0 NOT NULL,
    takeovers smallint DEFAULT 0 NOT NULL,
    recovery_until timestamp with time zone,
    is_done boolean DEFAULT false NOT NULL,
    quarantined boolean DEFAULT false NOT NULL,
    accepted integer DEFAULT 0 NOT NULL,
    pending integer DEFAULT 0 NOT NULL,
    deferred integer DEFAULT 0 NOT NULL,
    refused integer DEFAULT 0 NOT NULL,
    uncertain integer DEFAULT 0 NOT NULL,
    skipped integer DEFAULT 0 NOT NULL,
    batch_id bigint NOT NULL,
    offered_to integer,
    blocked integer DEFAULT 0 NOT NULL,
    hard integer DEFAULT 0 NOT NULL,
    version smallint
)
WITH (fillfactor='50');
ALTER TABLE public.delivery_chunk ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_chunk_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_dmarccount (
    id bigint NOT NULL,
    day date NOT NULL,
    ip inet NOT NULL,
    from_domain character varying(253) NOT NULL,
    disposition character varying(10) NOT NULL,
    reason character varying(30) NOT NULL,
    spf boolean NOT NULL,
    dkim boolean NOT NULL,
    spf_domain character varying(253) NOT NULL,
    spf_result character varying(20) NOT NULL,
    dkim_domain character varying(253) NOT NULL,
    dkim_selector character varying(63) NOT NULL,
    dkim_result character varying(20) NOT NULL,
    mails bigint NOT NULL,
    domain_id bigint NOT NULL,
    report_id bigint NOT NULL
);
ALTER TABLE public.delivery_dmarccount ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_dmarccount_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_dmarcreport (
    id bigint NOT NULL,
    reporter character varying(100) NOT NULL,
    number character varying(200) NOT NULL,
    domain_name character varying(253) NOT NULL,
    policy character varying(10) NOT NULL,
    begins_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    mails bigint NOT NULL,
    lines integer NOT NULL,
    taken_at timestamp with time zone NOT NULL,
    sent_by character varying(253) DEFAULT ''::character varying NOT NULL,
    CONSTRAINT delivery_dmarcreport_lines_check CHECK ((lines >= 0))
);
ALTER TABLE public.delivery_dmarcreport ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_dmarcreport_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_dmarcsource (
    id bigint NOT NULL,
    name character varying(253) NOT NULL,
    is_ours boolean,
    failing_since timestamp with time zone,
    failing_words character varying(300) NOT NULL,
    domain_id bigint NOT NULL
);
ALTER TABLE public.delivery_dmarcsource ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_dmarcsource_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_domainlink (
    id bigint NOT NULL,
    secret character varying(40) NOT NULL,
    note character varying(120) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    created_by_id bigint,
    domain_id bigint NOT NULL
);
ALTER TABLE public.delivery_domainlink ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_domainlink_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_domainlisting (
    domain_id bigint NOT NULL,
    lists jsonb NOT NULL,
    checked_at timestamp with time zone NOT NULL
);
CREATE TABLE public.delivery_domainmail (
    id bigint NOT NULL,
    "to" character varying(320) NOT NULL,
    is_read_here boolean NOT NULL,
    token character varying(24) NOT NULL,
    state character varying(7) NOT NULL,
    problem character varying(500) NOT NULL,
    spf character varying(12) NOT NULL,
    dkim character varying(12) NOT NULL,
    dmarc character varying(12) NOT NULL,
    passed jsonb NOT NULL,
    said_by character varying(100) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    arrived_at timestamp with time zone,
    domain_id bigint NOT NULL,
    provider_id bigint NOT NULL,
    sent_by_id bigint,
    is_one_click_signed boolean
);
ALTER TABLE public.delivery_domainmail ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_domainmail_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_failure (
    id bigint NOT NULL,
    email character varying(320) NOT NULL,
    kind character varying(6) NOT NULL,
    campaign character varying(40) NOT NULL,
    at timestamp with time zone NOT NULL
);
ALTER TABLE public.delivery_failure ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_failure_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_feedback (
    message_id bigint NOT NULL,
    lane character varying(12) NOT NULL,
    term smallint NOT NULL,
    category character varying(30) DEFAULT ''::character varying NOT NULL,
    is_blocked boolean DEFAULT false NOT NULL,
    at timestamp with time zone NOT NULL,
    batch_id bigint NOT NULL
);
CREATE TABLE public.delivery_feedbackcount (
    id bigint NOT NULL,
    lane character varying(12) NOT NULL,
    delivered bigint DEFAULT 0 NOT NULL,
    soft bigint DEFAULT 0 NOT NULL,
    hard bigint DEFAULT 0 NOT NULL,
    complained bigint DEFAULT 0 NOT NULL,
    blocked bigint DEFAULT 0 NOT NULL,
    batch_id bigint NOT NULL
);
ALTER TABLE public.delivery_feedbackcount ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_feedbackcount_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_feedbackevent (
    id bigint NOT NULL,
    message_id bigint NOT NULL,
    contact_id bigint,
    kind character varying(12) NOT NULL,
    is_permanent boolean NOT NULL,
    category character varying(30) DEFAULT ''::character varying NOT NULL,
    status character varying(12) DEFAULT ''::character varying NOT NULL,
    diagnostic character varying(1000) DEFAULT ''::character varying NOT NULL,
    recipient character varying(320) DEFAULT ''::character varying NOT NULL,
    reporting_mta character varying(255) DEFAULT ''::character varying NOT NULL,
    source character varying(80) NOT NULL,
    suppressed boolean NOT NULL,
    gives_up_at timestamp with time zone,
    happened_at timestamp with time zone,
    at timestamp with time zone NOT NULL,
    batch_id bigint NOT NULL,
    returned_id bigint
);
ALTER TABLE public.delivery_feedbackevent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_feedbackevent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_feedbackhour (
    hour timestamp with time zone NOT NULL,
    delivered bigint DEFAULT 0 NOT NULL,
    soft bigint DEFAULT 0 NOT NULL,
    hard bigint DEFAULT 0 NOT NULL,
    complained bigint DEFAULT 0 NOT NULL
);
CREATE TABLE public.delivery_idblock (
    singleton boolean DEFAULT true NOT NULL,
    next_id bigint NOT NULL,
    CONSTRAINT delivery_idblock_singleton_check CHECK (singleton)
);
CREATE TABLE public.delivery_incarnation (
    single boolean DEFAULT true NOT NULL,
    name uuid DEFAULT gen_random_uuid() NOT NULL,
    beat bigint DEFAULT 0 NOT NULL,
    beat_at timestamp with time zone,
    CONSTRAINT delivery_incarnation_single_check CHECK (single)
);
CREATE TABLE public.delivery_knownmail (
    id bigint NOT NULL,
    digest bytea NOT NULL,
    mailbox_id bigint NOT NULL
);
ALTER TABLE public.delivery_knownmail ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_knownmail_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_laneday (
    id bigint NOT NULL,
    lane character varying(12) NOT NULL,
    "on" date NOT NULL,
    accepted bigint DEFAULT 0 NOT NULL,
    refused bigint DEFAULT 0 NOT NULL,
    hard bigint DEFAULT 0 NOT NULL,
    soft bigint DEFAULT 0 NOT NULL,
    complained bigint DEFAULT 0 NOT NULL,
    dead bigint DEFAULT 0 NOT NULL,
    blocked bigint DEFAULT 0 NOT NULL,
    put_off bigint DEFAULT 0 NOT NULL,
    batch_id bigint NOT NULL
);
ALTER TABLE public.delivery_laneday ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_laneday_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_lanepace (
    id bigint NOT NULL,
    lane character varying(12) NOT NULL,
    rate double precision,
    was double precision,
    heard_at timestamp with time zone,
    words character varying(1000) NOT NULL,
    changed_at timestamp with time zone,
    accepted bigint NOT NULL,
    held_until timestamp with time zone,
    ceiling double precision,
    ceiling_until timestamp with time zone,
    recent jsonb NOT NULL,
    next_at timestamp with time zone,
    provider_id bigint NOT NULL
);
ALTER TABLE public.delivery_lanepace ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_lanepace_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_linkhost (
    id bigint NOT NULL,
    address character varying(200) NOT NULL,
    worked_at timestamp with time zone,
    certificate_ends_at timestamp with time zone,
    renewed_by timestamp with time zone,
    failures smallint NOT NULL,
    broken_since timestamp with time zone,
    why character varying(400) NOT NULL,
    cure character varying(400) NOT NULL,
    checked_at timestamp with time zone,
    check_step smallint NOT NULL,
    next_check_at timestamp with time zone NOT NULL,
    CONSTRAINT delivery_linkhost_check_step_check CHECK ((check_step >= 0)),
    CONSTRAINT delivery_linkhost_failures_check CHECK ((failures >= 0))
);
ALTER TABLE public.delivery_linkhost ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_linkhost_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_mailboxfigure (
    id bigint NOT NULL,
    begins_at timestamp with time zone NOT NULL,
    day date NOT NULL,
    complained double precision,
    is_most boolean NOT NULL,
    mails bigint,
    verdict character varying(6) NOT NULL,
    traps bigint,
    address_id bigint,
    domain_id bigint,
    CONSTRAINT figure_of_one CHECK ((((domain_id IS NULL) OR (address_id IS NULL)) AND (1 = (
CASE
    WHEN (domain_id IS NULL) THEN 1
    ELSE 0
END +
CASE
    WHEN (address_id IS NULL) THEN 1
    ELSE 0
END))))
);
ALTER TABLE public.delivery_mailboxfigure ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_mailboxfigure_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_maildomain (
    id bigint NOT NULL,
    domain character varying(255) NOT NULL,
    lane character varying(12) NOT NULL,
    mx character varying(255) NOT NULL,
    looked_up_at timestamp with time zone NOT NULL
);
ALTER TABLE public.delivery_maildomain ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_maildomain_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_message (
    id bigint NOT NULL,
    batch_id bigint NOT NULL,
    contact_id bigint,
    email character varying(320) NOT NULL,
    state smallint DEFAULT 0 NOT NULL,
    attempts smallint DEFAULT 0 NOT NULL,
    provider_id integer,
    reply character varying(300),
    accepted_at timestamp with time zone,
    version smallint,
    is_merged boolean DEFAULT false NOT NULL,
    language character varying(12),
    segments integer
)
PARTITION BY RANGE (id);
CREATE TABLE public.delivery_message_0 (
    id bigint NOT NULL,
    batch_id bigint NOT NULL,
    contact_id bigint,
    email character varying(320) NOT NULL,
    state smallint DEFAULT 0 NOT NULL,
    attempts smallint DEFAULT 0 NOT NULL,
    provider_id integer,
    reply character varying(300),
    accepted_at timestamp with time zone,
    version smallint,
    is_merged boolean DEFAULT false NOT NULL,
    language character varying(12),
    segments integer
)
WITH (fillfactor='45');
CREATE TABLE public.delivery_message_1 (
    id bigint NOT NULL,
    batch_id bigint NOT NULL,
    contact_id bigint,
    email character varying(320) NOT NULL,
    state smallint DEFAULT 0 NOT NULL,
    attempts smallint DEFAULT 0 NOT NULL,
    provider_id integer,
    reply character varying(300),
    accepted_at timestamp with time zone,
    version smallint,
    is_merged boolean DEFAULT false NOT NULL,
    language character varying(12),
    segments integer
)
WITH (fillfactor='45');
CREATE TABLE public.delivery_minutecount (
    id bigint NOT NULL,
    minute timestamp with time zone NOT NULL,
    count integer NOT NULL,
    provider_id bigint NOT NULL
);
ALTER TABLE public.delivery_minutecount ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_minutecount_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_oauthlogin (
    id bigint NOT NULL,
    service character varying(9) NOT NULL,
    tenant character varying(100) NOT NULL,
    client_id character varying(200) NOT NULL,
    client_secret_sealed bytea NOT NULL,
    as_application boolean NOT NULL,
    refresh_sealed bytea,
    access_sealed bytea,
    expires_at timestamp with time zone,
    retry_at timestamp with time zone,
    failing_since timestamp with time zone,
    is_refused boolean NOT NULL,
    problem character varying(300) NOT NULL,
    cure character varying(300) NOT NULL,
    detail character varying(300) NOT NULL,
    mailbox_id bigint,
    provider_id bigint,
    CONSTRAINT oauth_login_of_one CHECK ((((provider_id IS NULL) OR (mailbox_id IS NULL)) AND (1 = (
CASE
    WHEN (provider_id IS NULL) THEN 1
    ELSE 0
END +
CASE
    WHEN (mailbox_id IS NULL) THEN 1
    ELSE 0
END))))
);
ALTER TABLE public.delivery_oauthlogin ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_oauthlogin_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_proof (
    id bigint NOT NULL,
    batch_id bigint NOT NULL,
    provider_id bigint NOT NULL
);
ALTER TABLE public.delivery_proof ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_proof_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_provider (
    id bigint NOT NULL,
    name character varying(80) NOT NULL,
    kind character varying(10) NOT NULL,
    host character varying(255) NOT NULL,
    port integer NOT NULL,
    security character varying(8) NOT NULL,
    username character varying(255) NOT NULL,
    password_sealed bytea,
    password_set_at timestamp with time zone,
    connections integer NOT NULL,
    messages_per_connection integer NOT NULL,
    per_second integer,
    per_minute integer,
    per_hour integer,
    per_day integer,
    is_default boolean NOT NULL,
    state character varying(8) NOT NULL,
    state_reason character varying(500) NOT NULL,
    state_detail character varying(1000) NOT NULL,
    tested_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    removed_at timestamp with time zone,
    fewer_connections integer,
    fewer_until timestamp with time zone,
    test_failed_at timestamp with time zone,
    test_problem character varying(500) NOT NULL,
    service character varying(20) NOT NULL,
    options jsonb NOT NULL,
    rehearsal_allowed character varying(320)[] NOT NULL,
    CONSTRAINT delivery_provider_connections_check CHECK ((connections >= 0)),
    CONSTRAINT delivery_provider_fewer_connections_check CHECK ((fewer_connections >= 0)),
    CONSTRAINT delivery_provider_messages_per_connection_check CHECK ((messages_per_connection >= 0)),
    CONSTRAINT delivery_provider_per_day_check CHECK ((per_day >= 0)),
    CONSTRAINT delivery_provider_per_hour_check CHECK ((per_hour >= 0)),
    CONSTRAINT delivery_provider_per_minute_check CHECK ((per_minute >= 0)),
    CONSTRAINT delivery_provider_per_second_check CHECK ((per_second >= 0)),
    CONSTRAINT delivery_provider_port_check CHECK ((port >= 0))
);
ALTER TABLE public.delivery_provider ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_provider_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_providerhour (
    id bigint NOT NULL,
    hour timestamp with time zone NOT NULL,
    slot smallint NOT NULL,
    accepted bigint NOT NULL,
    deferred bigint NOT NULL,
    refused bigint NOT NULL,
    uncertain bigint NOT NULL,
    accepted_ms bigint NOT NULL,
    provider_id bigint NOT NULL
);
ALTER TABLE public.delivery_providerhour ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_providerhour_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_providersuppression (
    id bigint NOT NULL,
    email character varying(320) NOT NULL,
    reason character varying(12) NOT NULL,
    words character varying(300) NOT NULL,
    since timestamp with time zone,
    read_at timestamp with time zone NOT NULL,
    webhook_id bigint NOT NULL
);
ALTER TABLE public.delivery_providersuppression ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_providersuppression_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_retryminute (
    id bigint NOT NULL,
    minute timestamp with time zone NOT NULL,
    count integer NOT NULL,
    provider_id bigint NOT NULL
);
ALTER TABLE public.delivery_retryminute ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_retryminute_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_returned (
    id bigint NOT NULL,
    way character varying(8) NOT NULL,
    source character varying(80) NOT NULL,
    form character varying(30) NOT NULL,
    envelope_to character varying(320) NOT NULL,
    raw bytea NOT NULL,
    digest bytea NOT NULL,
    state character varying(10) NOT NULL,
    words character varying(300) NOT NULL,
    received_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone,
    tries smallint NOT NULL,
    is_believed boolean NOT NULL,
    provider_id bigint,
    would_suppress smallint DEFAULT 0 NOT NULL
);
ALTER TABLE public.delivery_returned ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_returned_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_returnlistener (
    id bigint NOT NULL,
    place character varying(200) NOT NULL,
    is_open boolean NOT NULL,
    problem character varying(300) NOT NULL,
    since timestamp with time zone,
    seen_at timestamp with time zone,
    refused_unknown bigint NOT NULL,
    refused_limits bigint NOT NULL,
    not_kept bigint NOT NULL,
    earlier_domains jsonb NOT NULL,
    full_since timestamp with time zone,
    CONSTRAINT one_return_listener CHECK ((id = 1))
);
ALTER TABLE public.delivery_returnlistener ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_returnlistener_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_returnmailbox (
    id bigint NOT NULL,
    name character varying(80) NOT NULL,
    protocol character varying(4) NOT NULL,
    host character varying(255) NOT NULL,
    port integer NOT NULL,
    security character varying(8) NOT NULL,
    username character varying(255) NOT NULL,
    login_by character varying(8) NOT NULL,
    secret_sealed bytea,
    secret_set_at timestamp with time zone,
    folder character varying(200) NOT NULL,
    afterwards character varying(4) NOT NULL,
    is_paused boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    uid_validity bigint,
    last_uid bigint NOT NULL,
    next_poll_at timestamp with time zone NOT NULL,
    read_at timestamp with time zone,
    taken bigint NOT NULL,
    looked_at bigint NOT NULL,
    taken_at timestamp with time zone,
    behind bigint NOT NULL,
    failures smallint NOT NULL,
    failing_since timestamp with time zone,
    problem character varying(500) NOT NULL,
    cure character varying(500) NOT NULL,
    detail character varying(500) NOT NULL,
    CONSTRAINT delivery_returnmailbox_failures_check CHECK ((failures >= 0)),
    CONSTRAINT delivery_returnmailbox_port_check CHECK ((port >= 0))
);
ALTER TABLE public.delivery_returnmailbox ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_returnmailbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_route (
    id bigint NOT NULL,
    stream character varying(13) NOT NULL,
    sender_domain character varying(255) NOT NULL,
    "position" smallint NOT NULL,
    weight smallint NOT NULL,
    provider_id bigint NOT NULL,
    CONSTRAINT delivery_route_position_check CHECK (("position" >= 0)),
    CONSTRAINT delivery_route_weight_check CHECK ((weight >= 0))
);
ALTER TABLE public.delivery_route ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_route_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_sandboxkey (
    id bigint NOT NULL,
    note character varying(80) NOT NULL,
    beginning character varying(12) NOT NULL,
    digest bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    mailbox_id bigint NOT NULL
);
ALTER TABLE public.delivery_sandboxkey ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_sandboxkey_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_sandboxlogin (
    id bigint NOT NULL,
    username character varying(80) NOT NULL,
    digest bytea NOT NULL,
    note character varying(80) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    mailbox_id bigint NOT NULL
);
ALTER TABLE public.delivery_sandboxlogin ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_sandboxlogin_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_sandboxmail (
    id bigint NOT NULL,
    received_at timestamp with time zone NOT NULL,
    envelope_from character varying(320) NOT NULL,
    envelope_to character varying(320) NOT NULL,
    sender character varying(400) NOT NULL,
    subject character varying(1000) NOT NULL,
    message_id character varying(200) NOT NULL,
    size_bytes integer NOT NULL,
    raw bytea NOT NULL,
    mailbox_id bigint NOT NULL,
    preview character varying(160) NOT NULL,
    words text NOT NULL,
    CONSTRAINT delivery_sandboxmail_size_bytes_check CHECK ((size_bytes >= 0))
);
ALTER TABLE public.delivery_sandboxmail ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_sandboxmail_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_sandboxmailbox (
    id bigint NOT NULL,
    name character varying(80) NOT NULL,
    keep_mails integer NOT NULL,
    keep_days integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    provider_id bigint,
    CONSTRAINT delivery_sandboxmailbox_keep_days_check CHECK ((keep_days >= 0)),
    CONSTRAINT delivery_sandboxmailbox_keep_mails_check CHECK ((keep_mails >= 0))
);
ALTER TABLE public.delivery_sandboxmailbox ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_sandboxmailbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_sandboxrelay (
    mail_id bigint NOT NULL,
    state character varying(7) NOT NULL,
    problem character varying(500) NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    provider_id bigint NOT NULL
);
CREATE TABLE public.delivery_sandboxrule (
    id bigint NOT NULL,
    effect character varying(8) NOT NULL,
    is_on boolean NOT NULL,
    pattern character varying(200) NOT NULL,
    percent numeric(5,2) NOT NULL,
    stage character varying(10) NOT NULL,
    reply character varying(200) NOT NULL,
    from_ms integer NOT NULL,
    to_ms integer NOT NULL,
    per_minute integer NOT NULL,
    minutes integer NOT NULL,
    starts_at timestamp with time zone,
    ends_at timestamp with time zone,
    mailbox_id bigint,
    CONSTRAINT delivery_sandboxrule_from_ms_check CHECK ((from_ms >= 0)),
    CONSTRAINT delivery_sandboxrule_minutes_check CHECK ((minutes >= 0)),
    CONSTRAINT delivery_sandboxrule_per_minute_check CHECK ((per_minute >= 0)),
    CONSTRAINT delivery_sandboxrule_to_ms_check CHECK ((to_ms >= 0))
);
ALTER TABLE public.delivery_sandboxrule ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_sandboxrule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_sendingaddress (
    id bigint NOT NULL,
    ip inet NOT NULL,
    note character varying(80) NOT NULL,
    reverse_name character varying(253) NOT NULL,
    leads_back boolean,
    lists jsonb NOT NULL,
    checked_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    provider_id bigint
);
ALTER TABLE public.delivery_sendingaddress ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_sendingaddress_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_sendingdomain (
    id bigint NOT NULL,
    name character varying(253) NOT NULL,
    confirmed_at timestamp with time zone,
    selectors jsonb NOT NULL,
    tracking_url character varying(200) NOT NULL,
    state character varying(7) NOT NULL,
    report jsonb NOT NULL,
    check_asked_at timestamp with time zone,
    checked_at timestamp with time zone,
    check_step smallint NOT NULL,
    next_check_at timestamp with time zone,
    worked_at timestamp with time zone,
    failures smallint NOT NULL,
    broken_since timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    confirmed_by_id bigint,
    signs boolean DEFAULT false NOT NULL,
    return_names jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT delivery_sendingdomain_check_step_check CHECK ((check_step >= 0)),
    CONSTRAINT delivery_sendingdomain_failures_check CHECK ((failures >= 0))
);
ALTER TABLE public.delivery_sendingdomain ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_sendingdomain_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_signingkey (
    id bigint NOT NULL,
    selector character varying(40) NOT NULL,
    kind character varying(7) NOT NULL,
    private_sealed bytea NOT NULL,
    record text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    domain_id bigint NOT NULL
);
ALTER TABLE public.delivery_signingkey ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_signingkey_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_sourcename (
    ip inet NOT NULL,
    name character varying(253) NOT NULL,
    asked_at timestamp with time zone NOT NULL
);
CREATE TABLE public.delivery_turn (
    id bigint NOT NULL,
    stream character varying(13) NOT NULL,
    queued_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    started_at timestamp with time zone,
    provider_id bigint NOT NULL
);
ALTER TABLE public.delivery_turn ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_turn_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_version (
    id bigint NOT NULL,
    version smallint NOT NULL,
    content_id bigint NOT NULL,
    since timestamp with time zone NOT NULL,
    accepted_before bigint NOT NULL,
    batch_id bigint NOT NULL,
    CONSTRAINT delivery_version_version_check CHECK ((version >= 0))
);
ALTER TABLE public.delivery_version ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_version_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_waiting (
    message_id bigint NOT NULL,
    state smallint NOT NULL,
    category character varying(30) NOT NULL,
    reply character varying(1000) DEFAULT ''::character varying NOT NULL,
    retry_at timestamp with time zone,
    first_failed_at timestamp with time zone DEFAULT statement_timestamp() NOT NULL,
    batch_id bigint NOT NULL,
    lane character varying(12) DEFAULT 'other'::character varying NOT NULL
);
CREATE TABLE public.delivery_warmupday (
    id bigint NOT NULL,
    date date NOT NULL,
    day smallint NOT NULL,
    cap integer NOT NULL,
    used integer NOT NULL,
    hard integer NOT NULL,
    complaints integer NOT NULL,
    deferred integer NOT NULL,
    next_day smallint NOT NULL,
    reason character varying(200) NOT NULL,
    plan_id bigint NOT NULL,
    CONSTRAINT delivery_warmupday_cap_check CHECK ((cap >= 0)),
    CONSTRAINT delivery_warmupday_complaints_check CHECK ((complaints >= 0)),
    CONSTRAINT delivery_warmupday_day_check CHECK ((day >= 0)),
    CONSTRAINT delivery_warmupday_deferred_check CHECK ((deferred >= 0)),
    CONSTRAINT delivery_warmupday_hard_check CHECK ((hard >= 0)),
    CONSTRAINT delivery_warmupday_next_day_check CHECK ((next_day >= 0)),
    CONSTRAINT delivery_warmupday_used_check CHECK ((used >= 0))
);
ALTER TABLE public.delivery_warmupday ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_warmupday_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_warmupplan (
    id bigint NOT NULL,
    sender_domain character varying(253) NOT NULL,
    caps integer[] NOT NULL,
    state character varying(8) NOT NULL,
    started_on date NOT NULL,
    day smallint NOT NULL,
    today date NOT NULL,
    used integer NOT NULL,
    provider_id bigint,
    CONSTRAINT delivery_warmupplan_day_check CHECK ((day >= 0)),
    CONSTRAINT delivery_warmupplan_used_check CHECK ((used >= 0)),
    CONSTRAINT plan_of_one CHECK ((((provider_id IS NOT NULL) AND ((sender_domain)::text = ''::text)) OR ((provider_id IS NULL) AND (NOT ((sender_domain)::text = ''::text)))))
);
ALTER TABLE public.delivery_warmupplan ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_warmupplan_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.delivery_webhook (
    id bigint NOT NULL,
    kind character varying(20) NOT NULL,
    label character varying(80) NOT NULL,
    state character varying(8) NOT NULL,
    secret_digest bytea NOT NULL,
    secret_sealed bytea NOT NULL,
    password_sealed bytea NOT NULL,
    keys_sealed bytea,
    keys_set_at timestamp with time zone,
    learnt jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_event_at timestamp with time zone,
    last_refused_at timestamp with time zone,
    refused bigint NOT NULL,
    refusal character varying(300) NOT NULL,
    silent_since timestamp with time zone,
    provider_id bigint,
    list_problem character varying(300) NOT NULL,
    list_read_at timestamp with time zone,
    list_size integer NOT NULL
);
ALTER TABLE public.delivery_webhook ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.delivery_webhook_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_content_type (
    id integer NOT NULL,
    app_label character varying(100) NOT NULL,
    model character varying(100) NOT NULL
);
ALTER TABLE public.django_content_type ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_content_type_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_migrations (
    id bigint NOT NULL,
    app character varying(255) NOT NULL,
    name character varying(255) NOT NULL,
    applied timestamp with time zone NOT NULL
);
ALTER TABLE public.django_migrations ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_migrations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_session (
    session_key character varying(40) NOT NULL,
    session_data text NOT NULL,
    expire_date timestamp with time zone NOT NULL
);
CREATE TABLE public.mfa_authenticator (
    id bigint NOT NULL,
    type character varying(20) NOT NULL,
    data jsonb NOT NULL,
    user_id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone
);
ALTER TABLE public.mfa_authenticator ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.mfa_authenticator_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tracking_breakdown (
    id bigint NOT NULL,
    kind smallint NOT NULL,
    by character varying(8) NOT NULL,
    value character varying(60) NOT NULL,
    is_machine boolean NOT NULL,
    total bigint NOT NULL,
    people bigint NOT NULL,
    batch_id bigint NOT NULL
);
ALTER TABLE public.tracking_breakdown ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tracking_breakdown_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tracking_clickchange (
    id bigint NOT NULL,
    message_id bigint NOT NULL,
    at timestamp with time zone NOT NULL
);
ALTER TABLE public.tracking_clickchange ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tracking_clickchange_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tracking_cohort (
    id bigint NOT NULL,
    joined date NOT NULL,
    month date NOT NULL,
    mailed bigint NOT NULL,
    clicked bigint NOT NULL
);
ALTER TABLE public.tracking_cohort ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tracking_cohort_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE UNLOGGED TABLE public.tracking_companyact (
    id bigint NOT NULL,
    key bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    message_id bigint NOT NULL
);
ALTER TABLE public.tracking_companyact ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tracking_companyact_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tracking_conversion (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    message_id bigint NOT NULL,
    batch_id bigint NOT NULL,
    contact_id bigint,
    "order" character varying(100) NOT NULL,
    worth numeric(9,2),
    currency character varying(3) NOT NULL,
    via character varying(6) NOT NULL,
    goal_id bigint NOT NULL,
    is_taken_back boolean DEFAULT false NOT NULL,
    refunded numeric(9,2) DEFAULT 0 NOT NULL,
    refunded_at timestamp with time zone
);
ALTER TABLE public.tracking_conversion ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tracking_conversion_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tracking_engagement (
    id bigint NOT NULL,
    message_id bigint NOT NULL,
    kind smallint NOT NULL,
    link_id bigint NOT NULL,
    is_machine boolean NOT NULL,
    first_at timestamp with time zone NOT NULL,
    batch_id bigint NOT NULL
);
ALTER TABLE public.tracking_engagement ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tracking_engagement_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tracking_event (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    kind smallint NOT NULL,
    message_id bigint NOT NULL,
    batch_id bigint NOT NULL,
    link_id bigint DEFAULT 0 NOT NULL,
    is_machine boolean DEFAULT false NOT NULL,
    verdict character varying(30) DEFAULT ''::character varying NOT NULL,
    channel character varying(12) DEFAULT ''::character varying NOT NULL,
    ip inet,
    user_agent character varying(300) DEFAULT ''::character varying NOT NULL,
    client character varying(60) DEFAULT ''::character varying NOT NULL,
    country character varying(2) DEFAULT ''::character varying NOT NULL,
    device character varying(8) DEFAULT ''::character varying NOT NULL
)
PARTITION BY RANGE (at);
ALTER TABLE public.tracking_event ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.tracking_event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tracking_eventkeeping (
    id smallint NOT NULL,
    months smallint,
    keeps_tables boolean NOT NULL,
    gone_before date,
    CONSTRAINT one_event_keeping CHECK ((id = 1)),
    CONSTRAINT tracking_eventkeeping_months_check CHECK ((months >= 0))
);
CREATE TABLE public.tracking_foldedchunk (
    chunk_id bigint NOT NULL,
    in_cohorts boolean DEFAULT false NOT NULL
);
CREATE TABLE public.tracking_goal (
    id bigint NOT NULL,
    name character varying(80) NOT NULL,
    sites character varying(253)[] NOT NULL,
    worth numeric(9,2),
    currency character varying(3) NOT NULL,
    days smallint NOT NULL,
    secret_digest character varying(64) NOT NULL,
    is_paused boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by_id bigint,
    is_sample boolean DEFAULT false NOT NULL,
    CONSTRAINT tracking_goal_days_check CHECK ((days >= 0))
);
ALTER TABLE public.tracking_goal ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tracking_goal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tracking_hourly (
    id bigint NOT NULL,
    hour timestamp with time zone NOT NULL,
    kind smallint NOT NULL,
    is_machine boolean NOT NULL,
    total bigint NOT NULL,
    people bigint NOT NULL,
    is_folded boolean DEFAULT false NOT NULL
);
ALTER TABLE public.tracking_hourly ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tracking_hourly_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tracking_lastmailed (
    contact_id bigint NOT NULL,
    batch_ids integer[] NOT NULL
);
CREATE TABLE public.tracking_link (
    id bigint NOT NULL,
    url text NOT NULL,
    label character varying(200) NOT NULL,
    "position" integer NOT NULL,
    batch_id bigint NOT NULL,
    versions smallint[] NOT NULL,
    is_signed boolean DEFAULT false NOT NULL,
    language character varying(12) DEFAULT ''::character varying NOT NULL,
    CONSTRAINT tracking_link_position_check CHECK (("position" >= 0))
);
ALTER TABLE public.tracking_link ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tracking_link_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tracking_mailedmonth (
    id bigint NOT NULL,
    month date NOT NULL,
    joined date NOT NULL,
    clicked boolean NOT NULL,
    contact_id bigint NOT NULL
);
ALTER TABLE public.tracking_mailedmonth ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tracking_mailedmonth_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tracking_rollup (
    id bigint NOT NULL,
    hour timestamp with time zone NOT NULL,
    kind smallint NOT NULL,
    link_id bigint NOT NULL,
    is_machine boolean NOT NULL,
    total bigint NOT NULL,
    people bigint NOT NULL,
    batch_id bigint NOT NULL
);
ALTER TABLE public.tracking_rollup ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tracking_rollup_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tracking_spool (
    id bigint NOT NULL,
    name character varying(200) NOT NULL,
    "offset" bigint NOT NULL,
    updated_at timestamp with time zone NOT NULL
);
ALTER TABLE public.tracking_spool ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tracking_spool_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tracking_taggedslice (
    id bigint NOT NULL,
    contact_ids bigint[] NOT NULL,
    tagging_id bigint NOT NULL
);
ALTER TABLE public.tracking_taggedslice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tracking_taggedslice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tracking_tagging (
    id bigint NOT NULL,
    term character varying(30) NOT NULL,
    narrow jsonb NOT NULL,
    query character varying(1000) NOT NULL,
    tag character varying(100) NOT NULL,
    state character varying(7) NOT NULL,
    after bigint NOT NULL,
    seen bigint NOT NULL,
    tagged bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    alive_at timestamp with time zone NOT NULL,
    batch_id bigint NOT NULL,
    created_by_id bigint
);
ALTER TABLE public.tracking_tagging ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tracking_tagging_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.tracking_unfolded (
    id bigint NOT NULL,
    contact_id bigint NOT NULL,
    opened_at timestamp with time zone,
    clicked_at timestamp with time zone,
    message_id bigint
);
ALTER TABLE public.tracking_unfolded ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.tracking_unfolded_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
ALTER TABLE ONLY public.delivery_message ATTACH PARTITION public.delivery_message_0 FOR VALUES FROM ('0') TO ('10000000');
ALTER TABLE ONLY public.delivery_message ATTACH PARTITION public.delivery_message_1 FOR VALUES FROM ('10000000') TO ('20000000');
ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_user_id_email_987c8728_uniq UNIQUE (user_id, email);
ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirmation_key_key UNIQUE (key);
ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirmation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_auditentry
    ADD CONSTRAINT accounts_auditentry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_brandkit
    ADD CONSTRAINT accounts_brandkit_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_invitation
    ADD CONSTRAINT accounts_invitation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_invitation
    ADD CONSTRAINT accounts_invitation_token_digest_key UNIQUE (token_digest);
ALTER TABLE ONLY public.accounts_organisation
    ADD CONSTRAINT accounts_organisation_brand_id_key UNIQUE (brand_id);
ALTER TABLE ONLY public.accounts_organisation
    ADD CONSTRAINT accounts_organisation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.accounts_session
    ADD CONSTRAINT accounts_session_pkey PRIMARY KEY (session_key);
ALTER TABLE ONLY public.accounts_user
    ADD CONSTRAINT accounts_user_email_key UNIQUE (email);
ALTER TABLE ONLY public.accounts_user
    ADD CONSTRAINT accounts_user_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_name_key UNIQUE (name);
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_permission_id_0cd325b0_uniq UNIQUE (group_id, permission_id);
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_codename_01ab375a_uniq UNIQUE (content_type_id, codename);
ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.campaigns_approval
    ADD CONSTRAINT campaigns_approval_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.campaigns_attachment
    ADD CONSTRAINT campaigns_attachment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.campaigns_campaign
    ADD CONSTRAINT campaigns_campaign_batch_id_key UNIQUE (batch_id);
ALTER TABLE ONLY public.campaigns_campaign_excluded_lists
    ADD CONSTRAINT campaigns_campaign_exclu_campaign_id_mailinglist__62a20c15_uniq UNIQUE (campaign_id, mailinglist_id);
ALTER TABLE ONLY public.campaigns_campaign_excluded_segments
    ADD CONSTRAINT campaigns_campaign_exclu_campaign_id_segment_id_44be8c10_uniq UNIQUE (campaign_id, segment_id);
ALTER TABLE ONLY public.campaigns_campaign_excluded_lists
    ADD CONSTRAINT campaigns_campaign_excluded_lists_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.campaigns_campaign_excluded_segments
    ADD CONSTRAINT campaigns_campaign_excluded_segments_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.campaigns_campaign_lists
    ADD CONSTRAINT campaigns_campaign_lists_campaign_id_mailinglist__c3e97dac_uniq UNIQUE (campaign_id, mailinglist_id);
ALTER TABLE ONLY public.campaigns_campaign_lists
    ADD CONSTRAINT campaigns_campaign_lists_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.campaigns_campaign
    ADD CONSTRAINT campaigns_campaign_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.campaigns_campaign
    ADD CONSTRAINT campaigns_campaign_repeats_id_key UNIQUE (repeats_id);
ALTER TABLE ONLY public.campaigns_campaign
    ADD CONSTRAINT campaigns_campaign_revision_of_id_key UNIQUE (revision_of_id);
ALTER TABLE ONLY public.campaigns_campaign_segments
    ADD CONSTRAINT campaigns_campaign_segme_campaign_id_segment_id_b5d4b293_uniq UNIQUE (campaign_id, segment_id);
ALTER TABLE ONLY public.campaigns_campaign_segments
    ADD CONSTRAINT campaigns_campaign_segments_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.campaigns_comment
    ADD CONSTRAINT campaigns_comment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.campaigns_draftstep
    ADD CONSTRAINT campaigns_draftstep_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.campaigns_draftversion
    ADD CONSTRAINT campaigns_draftversion_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.campaigns_edition
    ADD CONSTRAINT campaigns_edition_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.campaigns_image
    ADD CONSTRAINT campaigns_image_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.campaigns_image
    ADD CONSTRAINT campaigns_image_storage_name_key UNIQUE (storage_name);
ALTER TABLE ONLY public.campaigns_imagefolder
    ADD CONSTRAINT campaigns_imagefolder_name_key UNIQUE (name);
ALTER TABLE ONLY public.campaigns_imagefolder
    ADD CONSTRAINT campaigns_imagefolder_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.campaigns_mailimport
    ADD CONSTRAINT campaigns_mailimport_campaign_id_key UNIQUE (campaign_id);
ALTER TABLE ONLY public.campaigns_mailimport
    ADD CONSTRAINT campaigns_mailimport_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.campaigns_mention
    ADD CONSTRAINT campaigns_mention_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.campaigns_proofsheet
    ADD CONSTRAINT campaigns_proofsheet_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.campaigns_savedblock
    ADD CONSTRAINT campaigns_savedblock_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.campaigns_seedlist
    ADD CONSTRAINT campaigns_seedlist_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.campaigns_sharedreport
    ADD CONSTRAINT campaigns_sharedreport_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.campaigns_signupmail
    ADD CONSTRAINT campaigns_signupmail_digest_key UNIQUE (digest);
ALTER TABLE ONLY public.campaigns_signupmail
    ADD CONSTRAINT campaigns_signupmail_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.campaigns_template
    ADD CONSTRAINT campaigns_template_pkey PRIMARY KEY (campaign_id);
ALTER TABLE ONLY public.campaigns_testaddress
    ADD CONSTRAINT campaigns_testaddress_email_key UNIQUE (email);
ALTER TABLE ONLY public.campaigns_testaddress
    ADD CONSTRAINT campaigns_testaddress_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.campaigns_weeklysummary
    ADD CONSTRAINT campaigns_weeklysummary_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_addresschange
    ADD CONSTRAINT contacts_addresschange_confirm_digest_key UNIQUE (confirm_digest);
ALTER TABLE ONLY public.contacts_addresschange
    ADD CONSTRAINT contacts_addresschange_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_audiencecount
    ADD CONSTRAINT contacts_audiencecount_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_audienceday
    ADD CONSTRAINT contacts_audienceday_pkey PRIMARY KEY ("on");
ALTER TABLE ONLY public.contacts_bulkchange
    ADD CONSTRAINT contacts_bulkchange_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_bulkslice
    ADD CONSTRAINT contacts_bulkslice_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_chosencolumns
    ADD CONSTRAINT contacts_chosencolumns_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_consentevent
    ADD CONSTRAINT contacts_consentevent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_contact
    ADD CONSTRAINT contacts_contact_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_deletedperson
    ADD CONSTRAINT contacts_deletedperson_pkey PRIMARY KEY (change_id, contact_id);
ALTER TABLE ONLY public.contacts_erasure
    ADD CONSTRAINT contacts_erasure_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_erasuresalt
    ADD CONSTRAINT contacts_erasuresalt_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_exportjob
    ADD CONSTRAINT contacts_exportjob_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_field
    ADD CONSTRAINT contacts_field_key_key UNIQUE (key);
ALTER TABLE ONLY public.contacts_field
    ADD CONSTRAINT contacts_field_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_fieldchange
    ADD CONSTRAINT contacts_fieldchange_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_fieldindex
    ADD CONSTRAINT contacts_fieldindex_name_key UNIQUE (name);
ALTER TABLE ONLY public.contacts_fieldindex
    ADD CONSTRAINT contacts_fieldindex_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_fixedaudience
    ADD CONSTRAINT contacts_fixedaudience_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_fixedmember
    ADD CONSTRAINT contacts_fixedmember_pkey PRIMARY KEY (audience_id, contact_id);
ALTER TABLE ONLY public.contacts_guessinground
    ADD CONSTRAINT contacts_guessinground_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_headcount
    ADD CONSTRAINT contacts_headcount_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_importgraver
    ADD CONSTRAINT contacts_importgraver_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_importjob
    ADD CONSTRAINT contacts_importjob_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_importoverwritten
    ADD CONSTRAINT contacts_importoverwritten_pkey PRIMARY KEY (slice_id, contact_id);
ALTER TABLE ONLY public.contacts_importslice
    ADD CONSTRAINT contacts_importslice_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_importundo
    ADD CONSTRAINT contacts_importundo_job_id_key UNIQUE (job_id);
ALTER TABLE ONLY public.contacts_importundo
    ADD CONSTRAINT contacts_importundo_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_listbasis
    ADD CONSTRAINT contacts_listbasis_pkey PRIMARY KEY (list_id);
ALTER TABLE ONLY public.contacts_listchange
    ADD CONSTRAINT contacts_listchange_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_listday
    ADD CONSTRAINT contacts_listday_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_listsuppression
    ADD CONSTRAINT contacts_listsuppression_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_lostsubscription
    ADD CONSTRAINT contacts_lostsubscription_pkey PRIMARY KEY (subscription_id);
ALTER TABLE ONLY public.contacts_mailinglist
    ADD CONSTRAINT contacts_mailinglist_name_key UNIQUE (name);
ALTER TABLE ONLY public.contacts_mailinglist
    ADD CONSTRAINT contacts_mailinglist_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_merge
    ADD CONSTRAINT contacts_merge_gone_id_key UNIQUE (gone_id);
ALTER TABLE ONLY public.contacts_merge
    ADD CONSTRAINT contacts_merge_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_nameplace
    ADD CONSTRAINT contacts_nameplace_pkey PRIMARY KEY (contact_id);
ALTER TABLE ONLY public.contacts_note
    ADD CONSTRAINT contacts_note_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_peopleblock
    ADD CONSTRAINT contacts_peopleblock_pkey PRIMARY KEY (block);
ALTER TABLE ONLY public.contacts_searchblock
    ADD CONSTRAINT contacts_searchblock_pkey PRIMARY KEY (block);
ALTER TABLE ONLY public.contacts_segment
    ADD CONSTRAINT contacts_segment_name_key UNIQUE (name);
ALTER TABLE ONLY public.contacts_segment
    ADD CONSTRAINT contacts_segment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_segmentday
    ADD CONSTRAINT contacts_segmentday_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_signupform
    ADD CONSTRAINT contacts_signupform_key_key UNIQUE (key);
ALTER TABLE ONLY public.contacts_signupform_lists
    ADD CONSTRAINT contacts_signupform_list_signupform_id_mailinglis_c97feb1d_uniq UNIQUE (signupform_id, mailinglist_id);
ALTER TABLE ONLY public.contacts_signupform_lists
    ADD CONSTRAINT contacts_signupform_lists_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_signupform
    ADD CONSTRAINT contacts_signupform_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_signuphour
    ADD CONSTRAINT contacts_signuphour_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_signupletter
    ADD CONSTRAINT contacts_signupletter_pkey PRIMARY KEY (message_id);
ALTER TABLE ONLY public.contacts_signuprequest
    ADD CONSTRAINT contacts_signuprequest_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_signupshown
    ADD CONSTRAINT contacts_signupshown_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_signupwording
    ADD CONSTRAINT contacts_signupwording_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_spentproof
    ADD CONSTRAINT contacts_spentproof_pkey PRIMARY KEY (nonce);
ALTER TABLE ONLY public.contacts_staleblock
    ADD CONSTRAINT contacts_staleblock_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_subscription
    ADD CONSTRAINT contacts_subscription_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_suppression
    ADD CONSTRAINT contacts_suppression_email_key UNIQUE (email);
ALTER TABLE ONLY public.contacts_suppression
    ADD CONSTRAINT contacts_suppression_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_trackingconsentevent
    ADD CONSTRAINT contacts_trackingconsentevent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_valuechange
    ADD CONSTRAINT contacts_valuechange_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.contacts_wording
    ADD CONSTRAINT contacts_wording_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_alert
    ADD CONSTRAINT delivery_alert_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_alertmail
    ADD CONSTRAINT delivery_alertmail_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_askedblocklist
    ADD CONSTRAINT delivery_askedblocklist_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.delivery_attempt
    ADD CONSTRAINT delivery_attempt_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_batch
    ADD CONSTRAINT delivery_batch_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_breaker
    ADD CONSTRAINT delivery_breaker_pkey PRIMARY KEY (provider_id);
ALTER TABLE ONLY public.delivery_chunk
    ADD CONSTRAINT delivery_chunk_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_dmarccount
    ADD CONSTRAINT delivery_dmarccount_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_dmarcreport
    ADD CONSTRAINT delivery_dmarcreport_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_dmarcsource
    ADD CONSTRAINT delivery_dmarcsource_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_domainlink
    ADD CONSTRAINT delivery_domainlink_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_domainlisting
    ADD CONSTRAINT delivery_domainlisting_pkey PRIMARY KEY (domain_id);
ALTER TABLE ONLY public.delivery_domainmail
    ADD CONSTRAINT delivery_domainmail_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_domainmail
    ADD CONSTRAINT delivery_domainmail_token_key UNIQUE (token);
ALTER TABLE ONLY public.delivery_failure
    ADD CONSTRAINT delivery_failure_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_feedback
    ADD CONSTRAINT delivery_feedback_pkey PRIMARY KEY (message_id);
ALTER TABLE ONLY public.delivery_feedbackcount
    ADD CONSTRAINT delivery_feedbackcount_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_feedbackevent
    ADD CONSTRAINT delivery_feedbackevent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_feedbackhour
    ADD CONSTRAINT delivery_feedbackhour_pkey PRIMARY KEY (hour);
ALTER TABLE ONLY public.delivery_idblock
    ADD CONSTRAINT delivery_idblock_pkey PRIMARY KEY (singleton);
ALTER TABLE ONLY public.delivery_incarnation
    ADD CONSTRAINT delivery_incarnation_pkey PRIMARY KEY (single);
ALTER TABLE ONLY public.delivery_knownmail
    ADD CONSTRAINT delivery_knownmail_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_laneday
    ADD CONSTRAINT delivery_laneday_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_lanepace
    ADD CONSTRAINT delivery_lanepace_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_linkhost
    ADD CONSTRAINT delivery_linkhost_address_key UNIQUE (address);
ALTER TABLE ONLY public.delivery_linkhost
    ADD CONSTRAINT delivery_linkhost_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_mailboxfigure
    ADD CONSTRAINT delivery_mailboxfigure_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_maildomain
    ADD CONSTRAINT delivery_maildomain_domain_key UNIQUE (domain);
ALTER TABLE ONLY public.delivery_maildomain
    ADD CONSTRAINT delivery_maildomain_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_message
    ADD CONSTRAINT delivery_message_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_message_0
    ADD CONSTRAINT delivery_message_0_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_message_1
    ADD CONSTRAINT delivery_message_1_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_minutecount
    ADD CONSTRAINT delivery_minutecount_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_oauthlogin
    ADD CONSTRAINT delivery_oauthlogin_mailbox_id_key UNIQUE (mailbox_id);
ALTER TABLE ONLY public.delivery_oauthlogin
    ADD CONSTRAINT delivery_oauthlogin_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_oauthlogin
    ADD CONSTRAINT delivery_oauthlogin_provider_id_key UNIQUE (provider_id);
ALTER TABLE ONLY public.delivery_proof
    ADD CONSTRAINT delivery_proof_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_provider
    ADD CONSTRAINT delivery_provider_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_providerhour
    ADD CONSTRAINT delivery_providerhour_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_providersuppression
    ADD CONSTRAINT delivery_providersuppression_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_retryminute
    ADD CONSTRAINT delivery_retryminute_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_returned
    ADD CONSTRAINT delivery_returned_digest_key UNIQUE (digest);
ALTER TABLE ONLY public.delivery_returned
    ADD CONSTRAINT delivery_returned_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_returnlistener
    ADD CONSTRAINT delivery_returnlistener_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_returnmailbox
    ADD CONSTRAINT delivery_returnmailbox_name_key UNIQUE (name);
ALTER TABLE ONLY public.delivery_returnmailbox
    ADD CONSTRAINT delivery_returnmailbox_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_route
    ADD CONSTRAINT delivery_route_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_sandboxkey
    ADD CONSTRAINT delivery_sandboxkey_digest_key UNIQUE (digest);
ALTER TABLE ONLY public.delivery_sandboxkey
    ADD CONSTRAINT delivery_sandboxkey_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_sandboxlogin
    ADD CONSTRAINT delivery_sandboxlogin_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_sandboxlogin
    ADD CONSTRAINT delivery_sandboxlogin_username_key UNIQUE (username);
ALTER TABLE ONLY public.delivery_sandboxmail
    ADD CONSTRAINT delivery_sandboxmail_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_sandboxmailbox
    ADD CONSTRAINT delivery_sandboxmailbox_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_sandboxmailbox
    ADD CONSTRAINT delivery_sandboxmailbox_provider_id_key UNIQUE (provider_id);
ALTER TABLE ONLY public.delivery_sandboxrelay
    ADD CONSTRAINT delivery_sandboxrelay_pkey PRIMARY KEY (mail_id);
ALTER TABLE ONLY public.delivery_sandboxrule
    ADD CONSTRAINT delivery_sandboxrule_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_sendingaddress
    ADD CONSTRAINT delivery_sendingaddress_ip_key UNIQUE (ip);
ALTER TABLE ONLY public.delivery_sendingaddress
    ADD CONSTRAINT delivery_sendingaddress_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_sendingdomain
    ADD CONSTRAINT delivery_sendingdomain_name_key UNIQUE (name);
ALTER TABLE ONLY public.delivery_sendingdomain
    ADD CONSTRAINT delivery_sendingdomain_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_signingkey
    ADD CONSTRAINT delivery_signingkey_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_sourcename
    ADD CONSTRAINT delivery_sourcename_pkey PRIMARY KEY (ip);
ALTER TABLE ONLY public.delivery_turn
    ADD CONSTRAINT delivery_turn_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_version
    ADD CONSTRAINT delivery_version_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_waiting
    ADD CONSTRAINT delivery_waiting_pkey PRIMARY KEY (message_id);
ALTER TABLE ONLY public.delivery_warmupday
    ADD CONSTRAINT delivery_warmupday_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_warmupplan
    ADD CONSTRAINT delivery_warmupplan_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_webhook
    ADD CONSTRAINT delivery_webhook_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_webhook
    ADD CONSTRAINT delivery_webhook_secret_digest_key UNIQUE (secret_digest);
ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_app_label_model_76bd3d3b_uniq UNIQUE (app_label, model);
ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.django_migrations
    ADD CONSTRAINT django_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.django_session
    ADD CONSTRAINT django_session_pkey PRIMARY KEY (session_key);
ALTER TABLE ONLY public.tracking_engagement
    ADD CONSTRAINT first_of_its_kind UNIQUE (message_id, kind, link_id, is_machine);
ALTER TABLE ONLY public.delivery_knownmail
    ADD CONSTRAINT known_mail_once UNIQUE (mailbox_id, digest);
ALTER TABLE ONLY public.mfa_authenticator
    ADD CONSTRAINT mfa_authenticator_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.delivery_providersuppression
    ADD CONSTRAINT once_on_a_provider_s_list UNIQUE (webhook_id, email);
ALTER TABLE ONLY public.delivery_retryminute
    ADD CONSTRAINT one_booking_a_minute UNIQUE (provider_id, minute);
ALTER TABLE ONLY public.tracking_breakdown
    ADD CONSTRAINT one_breakdown UNIQUE (batch_id, kind, by, value, is_machine);
ALTER TABLE ONLY public.contacts_chosencolumns
    ADD CONSTRAINT one_choice_of_columns UNIQUE (user_id, place);
ALTER TABLE ONLY public.tracking_cohort
    ADD CONSTRAINT one_cohort_per_month UNIQUE (joined, month);
ALTER TABLE ONLY public.contacts_segmentday
    ADD CONSTRAINT one_count_a_day UNIQUE (segment_id, day);
ALTER TABLE ONLY public.delivery_minutecount
    ADD CONSTRAINT one_count_a_minute UNIQUE (provider_id, minute);
ALTER TABLE ONLY public.contacts_listday
    ADD CONSTRAINT one_day_per_list UNIQUE (list_id, "on");
ALTER TABLE ONLY public.delivery_dmarcreport
    ADD CONSTRAINT one_dmarc_report_a_number UNIQUE (domain_name, reporter, number, begins_at, sent_by);
ALTER TABLE ONLY public.delivery_dmarcsource
    ADD CONSTRAINT one_dmarc_source_a_name UNIQUE (domain_id, name);
ALTER TABLE ONLY public.delivery_feedbackevent
    ADD CONSTRAINT one_event_of_a_kind UNIQUE (message_id, kind, is_permanent);
ALTER TABLE ONLY public.delivery_failure
    ADD CONSTRAINT one_failure_a_campaign UNIQUE (email, kind, campaign);
ALTER TABLE ONLY public.delivery_feedbackcount
    ADD CONSTRAINT one_feedback_count_a_lane UNIQUE (batch_id, lane);
ALTER TABLE ONLY public.delivery_mailboxfigure
    ADD CONSTRAINT one_figure_a_domain UNIQUE (domain_id, begins_at);
ALTER TABLE ONLY public.delivery_mailboxfigure
    ADD CONSTRAINT one_figure_an_address UNIQUE (address_id, begins_at);
ALTER TABLE ONLY public.delivery_alertmail
    ADD CONSTRAINT one_mail_an_alert UNIQUE (alert_id, user_id, news);
ALTER TABLE ONLY public.campaigns_mention
    ADD CONSTRAINT one_mention_a_conversation UNIQUE (conversation_id, user_id);
ALTER TABLE ONLY public.tracking_mailedmonth
    ADD CONSTRAINT one_month_per_contact UNIQUE (contact_id, month);
ALTER TABLE ONLY public.delivery_lanepace
    ADD CONSTRAINT one_pace_a_lane UNIQUE (provider_id, lane);
ALTER TABLE ONLY public.delivery_proof
    ADD CONSTRAINT one_proof_a_provider UNIQUE (batch_id, provider_id);
ALTER TABLE ONLY public.tracking_rollup
    ADD CONSTRAINT one_rollup_per_hour UNIQUE (batch_id, hour, kind, link_id, is_machine);
ALTER TABLE ONLY public.contacts_signupshown
    ADD CONSTRAINT one_row_a_day_shown UNIQUE (form_id, day);
ALTER TABLE ONLY public.delivery_version
    ADD CONSTRAINT one_row_a_version UNIQUE (batch_id, version);
ALTER TABLE ONLY public.delivery_warmupday
    ADD CONSTRAINT one_row_a_warmup_day UNIQUE (plan_id, date);
ALTER TABLE ONLY public.contacts_signupwording
    ADD CONSTRAINT one_row_a_wording UNIQUE (form_id, digest);
ALTER TABLE ONLY public.contacts_signuphour
    ADD CONSTRAINT one_row_an_hour UNIQUE (form_id, hour);
ALTER TABLE ONLY public.delivery_providerhour
    ADD CONSTRAINT one_row_an_hour_and_slot UNIQUE (provider_id, hour, slot);
ALTER TABLE ONLY public.delivery_signingkey
    ADD CONSTRAINT one_signing_key_a_kind UNIQUE (domain_id, kind);
ALTER TABLE ONLY public.delivery_laneday
    ADD CONSTRAINT one_standing_a_lane_and_day UNIQUE (batch_id, "on", lane);
ALTER TABLE ONLY public.contacts_subscription
    ADD CONSTRAINT one_subscription_per_list UNIQUE (list_id, contact_id);
ALTER TABLE ONLY public.campaigns_weeklysummary
    ADD CONSTRAINT one_summary_a_week UNIQUE (user_id, week);
ALTER TABLE ONLY public.contacts_listsuppression
    ADD CONSTRAINT one_suppression_a_list UNIQUE (email, list_id);
ALTER TABLE ONLY public.campaigns_campaign
    ADD CONSTRAINT one_translation_a_language UNIQUE (translation_of_id, language);
ALTER TABLE ONLY public.contacts_wording
    ADD CONSTRAINT one_version_a_wording UNIQUE (place, language, digest);
ALTER TABLE ONLY public.contacts_wording
    ADD CONSTRAINT one_wording_a_version UNIQUE (place, language, version);
ALTER TABLE ONLY public.delivery_route
    ADD CONSTRAINT provider_once_a_route UNIQUE (stream, sender_domain, provider_id);
ALTER TABLE ONLY public.tracking_breakdown
    ADD CONSTRAINT tracking_breakdown_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tracking_clickchange
    ADD CONSTRAINT tracking_clickchange_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tracking_cohort
    ADD CONSTRAINT tracking_cohort_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tracking_companyact
    ADD CONSTRAINT tracking_companyact_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tracking_conversion
    ADD CONSTRAINT tracking_conversion_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tracking_engagement
    ADD CONSTRAINT tracking_engagement_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tracking_eventkeeping
    ADD CONSTRAINT tracking_eventkeeping_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tracking_foldedchunk
    ADD CONSTRAINT tracking_foldedchunk_pkey PRIMARY KEY (chunk_id);
ALTER TABLE ONLY public.tracking_goal
    ADD CONSTRAINT tracking_goal_name_key UNIQUE (name);
ALTER TABLE ONLY public.tracking_goal
    ADD CONSTRAINT tracking_goal_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tracking_hourly
    ADD CONSTRAINT tracking_hourly_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tracking_lastmailed
    ADD CONSTRAINT tracking_lastmailed_pkey PRIMARY KEY (contact_id);
ALTER TABLE ONLY public.tracking_link
    ADD CONSTRAINT tracking_link_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tracking_mailedmonth
    ADD CONSTRAINT tracking_mailedmonth_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tracking_rollup
    ADD CONSTRAINT tracking_rollup_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tracking_spool
    ADD CONSTRAINT tracking_spool_name_key UNIQUE (name);
ALTER TABLE ONLY public.tracking_spool
    ADD CONSTRAINT tracking_spool_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tracking_taggedslice
    ADD CONSTRAINT tracking_taggedslice_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tracking_tagging
    ADD CONSTRAINT tracking_tagging_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tracking_unfolded
    ADD CONSTRAINT tracking_unfolded_pkey PRIMARY KEY (id);
CREATE INDEX account_emailaddress_email_03be32b2 ON public.account_emailaddress USING btree (email);
CREATE INDEX account_emailaddress_email_03be32b2_like ON public.account_emailaddress USING btree (email varchar_pattern_ops);
CREATE INDEX account_emailaddress_user_id_2c513194 ON public.account_emailaddress USING btree (user_id);
CREATE INDEX account_emailconfirmation_email_address_id_5b7f8c58 ON public.account_emailconfirmation USING btree (email_address_id);
CREATE INDEX account_emailconfirmation_key_f43612bd_like ON public.account_emailconfirmation USING btree (key varchar_pattern_ops);
CREATE INDEX accounts_auditentry_user_id_7b0077aa ON public.accounts_auditentry USING btree (user_id);
CREATE INDEX accounts_invitation_invited_by_id_94a21efc ON public.accounts_invitation USING btree (invited_by_id);
CREATE INDEX accounts_invitation_token_digest_5ac3b4ba_like ON public.accounts_invitation USING btree (token_digest varchar_pattern_ops);
CREATE INDEX accounts_session_expire_date_5bbfba7c ON public.accounts_session USING btree (expire_date);
CREATE INDEX accounts_session_session_key_b186966f_like ON public.accounts_session USING btree (session_key varchar_pattern_ops);
CREATE INDEX accounts_session_user_id_d5aaed01 ON public.accounts_session USING btree (user_id);
CREATE INDEX accounts_user_email_b2644a56_like ON public.accounts_user USING btree (email varchar_pattern_ops);
CREATE INDEX alert_over ON public.delivery_alert USING btree (over_at);
CREATE INDEX attempt_of_provider ON public.delivery_attempt USING btree (provider_id, id);
CREATE INDEX auth_group_name_a6ea08ec_like ON public.auth_group USING btree (name varchar_pattern_ops);
CREATE INDEX auth_group_permissions_group_id_b120cbf9 ON public.auth_group_permissions USING btree (group_id);
CREATE INDEX auth_group_permissions_permission_id_84c5c92e ON public.auth_group_permissions USING btree (permission_id);
CREATE INDEX auth_permission_content_type_id_2f476e4b ON public.auth_permission USING btree (content_type_id);
CREATE INDEX batch_content ON public.delivery_batch USING btree (content_kind, content_id);
CREATE INDEX batch_unfinished ON public.delivery_batch USING btree (id) WHERE (finished_at IS NULL);
CREATE INDEX campaigns_approval_asked_by_id_1fecfb47 ON public.campaigns_approval USING btree (asked_by_id);
CREATE INDEX campaigns_approval_asked_of_id_030981bc ON public.campaigns_approval USING btree (asked_of_id);
CREATE INDEX campaigns_approval_campaign_id_47969982 ON public.campaigns_approval USING btree (campaign_id);
CREATE INDEX campaigns_approval_decided_by_id_05f7c3a2 ON public.campaigns_approval USING btree (decided_by_id);
CREATE INDEX campaigns_approval_version_id_ecbea08a ON public.campaigns_approval USING btree (version_id);
CREATE INDEX campaigns_attachment_campaign_id_c44ba6a6 ON public.campaigns_attachment USING btree (campaign_id);
CREATE INDEX campaigns_attachment_created_by_id_e2ee273b ON public.campaigns_attachment USING btree (created_by_id);
CREATE INDEX campaigns_attachment_public_name_b51e0047 ON public.campaigns_attachment USING btree (public_name);
CREATE INDEX campaigns_attachment_public_name_b51e0047_like ON public.campaigns_attachment USING btree (public_name varchar_pattern_ops);
CREATE INDEX campaigns_campaign_brand_id_8f1e137c ON public.campaigns_campaign USING btree (brand_id);
CREATE INDEX campaigns_campaign_created_by_id_11fada74 ON public.campaigns_campaign USING btree (created_by_id);
CREATE INDEX campaigns_campaign_excluded_lists_campaign_id_f13ea9d3 ON public.campaigns_campaign_excluded_lists USING btree (campaign_id);
CREATE INDEX campaigns_campaign_excluded_lists_mailinglist_id_ad9ad413 ON public.campaigns_campaign_excluded_lists USING btree (mailinglist_id);
CREATE INDEX campaigns_campaign_excluded_segments_campaign_id_f779d7a3 ON public.campaigns_campaign_excluded_segments USING btree (campaign_id);
CREATE INDEX campaigns_campaign_excluded_segments_segment_id_6b5a6338 ON public.campaigns_campaign_excluded_segments USING btree (segment_id);
CREATE INDEX campaigns_campaign_fixed_audience_id_45c3960a ON public.campaigns_campaign USING btree (fixed_audience_id);
CREATE INDEX campaigns_campaign_lists_campaign_id_bd9f3733 ON public.campaigns_campaign_lists USING btree (campaign_id);
CREATE INDEX campaigns_campaign_lists_mailinglist_id_c6dd1a86 ON public.campaigns_campaign_lists USING btree (mailinglist_id);
CREATE INDEX campaigns_campaign_provider_id_98fc2608 ON public.campaigns_campaign USING btree (provider_id);
CREATE INDEX campaigns_campaign_segments_campaign_id_12dd23dd ON public.campaigns_campaign_segments USING btree (campaign_id);
CREATE INDEX campaigns_campaign_segments_segment_id_cbb58fa7 ON public.campaigns_campaign_segments USING btree (segment_id);
CREATE INDEX campaigns_campaign_translation_of_id_4ffc61bd ON public.campaigns_campaign USING btree (translation_of_id);
CREATE INDEX campaigns_campaign_updated_by_id_4270abad ON public.campaigns_campaign USING btree (updated_by_id);
CREATE INDEX campaigns_comment_answers_id_1fee2a8b ON public.campaigns_comment USING btree (answers_id);
CREATE INDEX campaigns_comment_by_id_bb278999 ON public.campaigns_comment USING btree (by_id);
CREATE INDEX campaigns_comment_campaign_id_6ec79550 ON public.campaigns_comment USING btree (campaign_id);
CREATE INDEX campaigns_comment_resolved_by_id_9531b82a ON public.campaigns_comment USING btree (resolved_by_id);
CREATE INDEX campaigns_draftstep_by_id_70b17981 ON public.campaigns_draftstep USING btree (by_id);
CREATE INDEX campaigns_draftstep_campaign_id_149453a9 ON public.campaigns_draftstep USING btree (campaign_id);
CREATE INDEX campaigns_draftversion_by_id_9e17f621 ON public.campaigns_draftversion USING btree (by_id);
CREATE INDEX campaigns_draftversion_campaign_id_084016d4 ON public.campaigns_draftversion USING btree (campaign_id);
CREATE INDEX campaigns_draftversion_restores_id_46702bb9 ON public.campaigns_draftversion USING btree (restores_id);
CREATE INDEX campaigns_edition_batch_id_c4b1479b ON public.campaigns_edition USING btree (batch_id);
CREATE INDEX campaigns_edition_campaign_id_a4b26438 ON public.campaigns_edition USING btree (campaign_id);
CREATE INDEX campaigns_edition_created_by_id_ed2c7c77 ON public.campaigns_edition USING btree (created_by_id);
CREATE INDEX campaigns_edition_translation_of_id_71c7d591 ON public.campaigns_edition USING btree (translation_of_id);
CREATE INDEX campaigns_image_created_by_id_86cca935 ON public.campaigns_image USING btree (created_by_id);
CREATE INDEX campaigns_image_folder_id_c1bdef9d ON public.campaigns_image USING btree (folder_id);
CREATE INDEX campaigns_image_storage_name_b10972c2_like ON public.campaigns_image USING btree (storage_name varchar_pattern_ops);
CREATE INDEX campaigns_imagefolder_name_709360c8_like ON public.campaigns_imagefolder USING btree (name varchar_pattern_ops);
CREATE INDEX campaigns_mailimport_created_by_id_f0af29eb ON public.campaigns_mailimport USING btree (created_by_id);
CREATE INDEX campaigns_mention_by_id_fed2ca2e ON public.campaigns_mention USING btree (by_id);
CREATE INDEX campaigns_mention_conversation_id_69cac44c ON public.campaigns_mention USING btree (conversation_id);
CREATE INDEX campaigns_mention_user_id_68e14beb ON public.campaigns_mention USING btree (user_id);
CREATE INDEX campaigns_proofsheet_campaign_id_7b729758 ON public.campaigns_proofsheet USING btree (campaign_id);
CREATE INDEX campaigns_proofsheet_created_by_id_66800dcd ON public.campaigns_proofsheet USING btree (created_by_id);
CREATE INDEX campaigns_savedblock_created_by_id_fa4616ec ON public.campaigns_savedblock USING btree (created_by_id);
CREATE INDEX campaigns_sharedreport_campaign_id_08bd0412 ON public.campaigns_sharedreport USING btree (campaign_id);
CREATE INDEX campaigns_sharedreport_created_by_id_8f6d4d0a ON public.campaigns_sharedreport USING btree (created_by_id);
CREATE INDEX campaigns_signupmail_digest_35bd6811_like ON public.campaigns_signupmail USING btree (digest varchar_pattern_ops);
CREATE INDEX campaigns_testaddress_asked_by_id_cb51d47c ON public.campaigns_testaddress USING btree (asked_by_id);
CREATE INDEX campaigns_testaddress_email_181142d3_like ON public.campaigns_testaddress USING btree (email varchar_pattern_ops);
CREATE INDEX campaigns_weeklysummary_user_id_964f9efc ON public.campaigns_weeklysummary USING btree (user_id);
CREATE INDEX chunk_for_cohorts ON public.tracking_foldedchunk USING btree (chunk_id) WHERE (NOT in_cohorts);
CREATE INDEX chunk_gathered ON public.delivery_chunk USING btree (batch_id, id) WHERE ((ids IS NOT NULL) AND (NOT is_done));
CREATE INDEX chunk_live ON public.delivery_chunk USING btree (batch_id, id) WHERE (NOT is_done);
CREATE INDEX chunk_offered ON public.delivery_chunk USING btree (offered_at, id) WHERE ((NOT is_done) AND (offered_until IS NOT NULL) AND (owner IS NULL));
CREATE INDEX chunk_taken ON public.delivery_chunk USING btree (batch_id) WHERE ((NOT is_done) AND (owner IS NOT NULL));
CREATE INDEX company_acts ON public.tracking_companyact USING btree (key, at);
CREATE INDEX consent_withdrawn ON public.contacts_consentevent USING btree (at) WHERE ((kind)::text = 'withdrawn'::text);
CREATE INDEX contact_clicked ON public.contacts_contact USING btree (last_clicked_at, id) WHERE (last_clicked_at IS NOT NULL);
CREATE INDEX contact_paused ON public.contacts_contact USING btree (id) WHERE (paused_until IS NOT NULL);
CREATE INDEX contact_sample ON public.contacts_contact USING btree (id) WHERE is_sample;
CREATE INDEX contact_tagged ON public.contacts_contact USING btree (id) WHERE (attributes ? 'tags'::text);
CREATE INDEX contacts_addresschange_confirm_digest_cbbe498a_like ON public.contacts_addresschange USING btree (confirm_digest varchar_pattern_ops);
CREATE INDEX contacts_addresschange_contact_id_5f5ecbb4 ON public.contacts_addresschange USING btree (contact_id);
CREATE INDEX contacts_addresschange_undo_digest_560d9dda ON public.contacts_addresschange USING btree (undo_digest);
CREATE INDEX contacts_addresschange_undo_digest_560d9dda_like ON public.contacts_addresschange USING btree (undo_digest varchar_pattern_ops);
CREATE INDEX contacts_bulkchange_created_by_id_8b3cdeff ON public.contacts_bulkchange USING btree (created_by_id);
CREATE INDEX contacts_bulkslice_change_id_d3f1753e ON public.contacts_bulkslice USING btree (change_id);
CREATE INDEX contacts_chosencolumns_user_id_75b91e46 ON public.contacts_chosencolumns USING btree (user_id);
CREATE INDEX contacts_consentevent_contact_id_3cb04190 ON public.contacts_consentevent USING btree (contact_id);
CREATE INDEX contacts_deletedperson_contact_id_af9485ce ON public.contacts_deletedperson USING btree (contact_id);
CREATE INDEX contacts_deletedperson_email_8180b923 ON public.contacts_deletedperson USING btree (email);
CREATE INDEX contacts_deletedperson_email_8180b923_like ON public.contacts_deletedperson USING btree (email varchar_pattern_ops);
CREATE INDEX contacts_erasure_by_id_61e8a896 ON public.contacts_erasure USING btree (by_id);
CREATE INDEX contacts_exportjob_created_by_id_368f307d ON public.contacts_exportjob USING btree (created_by_id);
CREATE INDEX contacts_field_key_a3418eaf_like ON public.contacts_field USING btree (key varchar_pattern_ops);
CREATE INDEX contacts_fieldchange_created_by_id_0c0bc34c ON public.contacts_fieldchange USING btree (created_by_id);
CREATE INDEX contacts_fieldchange_field_id_da2b201d ON public.contacts_fieldchange USING btree (field_id);
CREATE INDEX contacts_fieldindex_name_ed7c2d1f_like ON public.contacts_fieldindex USING btree (name varchar_pattern_ops);
CREATE INDEX contacts_importgraver_slice_id_9d0ac82c ON public.contacts_importgraver USING btree (slice_id);
CREATE INDEX contacts_importjob_created_by_id_d9e4aa17 ON public.contacts_importjob USING btree (created_by_id);
CREATE INDEX contacts_importslice_job_id_e46e4fe6 ON public.contacts_importslice USING btree (job_id);
CREATE INDEX contacts_importundo_created_by_id_e4c5b74d ON public.contacts_importundo USING btree (created_by_id);
CREATE INDEX contacts_listbasis_changed_by_id_781a0be9 ON public.contacts_listbasis USING btree (changed_by_id);
CREATE INDEX contacts_listbasis_counted_from_id_1fc0b9da ON public.contacts_listbasis USING btree (counted_from_id);
CREATE INDEX contacts_listsuppression_by_id_1a7b75e8 ON public.contacts_listsuppression USING btree (by_id);
CREATE INDEX contacts_listsuppression_list_id_2cfb01df ON public.contacts_listsuppression USING btree (list_id);
CREATE INDEX contacts_mailinglist_name_16a797af_like ON public.contacts_mailinglist USING btree (name varchar_pattern_ops);
CREATE INDEX contacts_merge_contact_id_a7cd74fc ON public.contacts_merge USING btree (contact_id);
CREATE INDEX contacts_note_by_id_bb68adec ON public.contacts_note USING btree (by_id);
CREATE INDEX contacts_note_contact_id_13551131 ON public.contacts_note USING btree (contact_id);
CREATE INDEX contacts_note_edited_by_id_019cc422 ON public.contacts_note USING btree (edited_by_id);
CREATE INDEX contacts_segment_created_by_id_7e66a26a ON public.contacts_segment USING btree (created_by_id);
CREATE INDEX contacts_segment_name_ff6f3e1a_like ON public.contacts_segment USING btree (name varchar_pattern_ops);
CREATE INDEX contacts_segmentday_segment_id_3a3b5804 ON public.contacts_segmentday USING btree (segment_id);
CREATE INDEX contacts_signupform_created_by_id_2bd589d5 ON public.contacts_signupform USING btree (created_by_id);
CREATE INDEX contacts_signupform_key_644fef67_like ON public.contacts_signupform USING btree (key varchar_pattern_ops);
CREATE INDEX contacts_signupform_lists_mailinglist_id_06e661ff ON public.contacts_signupform_lists USING btree (mailinglist_id);
CREATE INDEX contacts_signupform_lists_signupform_id_ee9559f3 ON public.contacts_signupform_lists USING btree (signupform_id);
CREATE INDEX contacts_signuphour_form_id_67de2027 ON public.contacts_signuphour USING btree (form_id);
CREATE INDEX contacts_signupletter_request_id_d6d0d19d ON public.contacts_signupletter USING btree (request_id);
CREATE INDEX contacts_signuprequest_contact_id_9379941a ON public.contacts_signuprequest USING btree (contact_id);
CREATE INDEX contacts_signuprequest_form_id_dca2e83e ON public.contacts_signuprequest USING btree (form_id);
CREATE INDEX contacts_signuprequest_wording_id_e40a1d70 ON public.contacts_signuprequest USING btree (wording_id);
CREATE INDEX contacts_signupshown_form_id_2899d2ee ON public.contacts_signupshown USING btree (form_id);
CREATE INDEX contacts_signupwording_form_id_8c053164 ON public.contacts_signupwording USING btree (form_id);
CREATE INDEX contacts_spentproof_nonce_8155f352_like ON public.contacts_spentproof USING btree (nonce varchar_pattern_ops);
CREATE INDEX contacts_subscription_contact_id_88b42e30 ON public.contacts_subscription USING btree (contact_id);
CREATE INDEX contacts_suppression_email_c79f58a1_like ON public.contacts_suppression USING btree (email varchar_pattern_ops);
CREATE INDEX contacts_trackingconsentevent_contact_id_112dcd3b ON public.contacts_trackingconsentevent USING btree (contact_id);
CREATE INDEX contacts_valuechange_contact_id_046de8ac ON public.contacts_valuechange USING btree (contact_id);
CREATE INDEX conversations ON public.campaigns_comment USING btree (campaign_id, answers_id);
CREATE INDEX conversion_lately ON public.tracking_conversion USING btree (goal_id, at);
CREATE INDEX conversion_of_batch ON public.tracking_conversion USING btree (batch_id, goal_id);
CREATE INDEX conversion_of_contact ON public.tracking_conversion USING btree (contact_id, goal_id, at);
CREATE INDEX conversion_of_message ON public.tracking_conversion USING btree (message_id);
CREATE INDEX delivery_alertmail_alert_id_d3d33dd8 ON public.delivery_alertmail USING btree (alert_id);
CREATE INDEX delivery_alertmail_user_id_2e4d5ba5 ON public.delivery_alertmail USING btree (user_id);
CREATE INDEX delivery_askedblocklist_key_d6d8edcd_like ON public.delivery_askedblocklist USING btree (key varchar_pattern_ops);
CREATE INDEX delivery_attempt_batch_id_d52d522e ON public.delivery_attempt USING btree (batch_id);
CREATE INDEX delivery_attempt_message_id_9472c651 ON public.delivery_attempt USING btree (message_id);
CREATE INDEX delivery_batch_group_fe307141 ON public.delivery_batch USING btree ("group");
CREATE INDEX delivery_batch_group_fe307141_like ON public.delivery_batch USING btree ("group" varchar_pattern_ops);
CREATE INDEX delivery_batch_provider_id_1d3345a1 ON public.delivery_batch USING btree (provider_id);
CREATE INDEX delivery_batch_rehearsed_for_id_108fe3d9 ON public.delivery_batch USING btree (rehearsed_for_id);
CREATE INDEX delivery_chunk_batch_id_ea70c60e ON public.delivery_chunk USING btree (batch_id);
CREATE INDEX delivery_dmarccount_report_id_259c1afc ON public.delivery_dmarccount USING btree (report_id);
CREATE INDEX delivery_dmarcsource_domain_id_9c5a8458 ON public.delivery_dmarcsource USING btree (domain_id);
CREATE INDEX delivery_domainlink_created_by_id_85159475 ON public.delivery_domainlink USING btree (created_by_id);
CREATE INDEX delivery_domainlink_domain_id_f9b2a1e1 ON public.delivery_domainlink USING btree (domain_id);
CREATE INDEX delivery_domainmail_domain_id_bc55b0d9 ON public.delivery_domainmail USING btree (domain_id);
CREATE INDEX delivery_domainmail_provider_id_ab2631fd ON public.delivery_domainmail USING btree (provider_id);
CREATE INDEX delivery_domainmail_sent_by_id_97f14844 ON public.delivery_domainmail USING btree (sent_by_id);
CREATE INDEX delivery_domainmail_token_840246b1_like ON public.delivery_domainmail USING btree (token varchar_pattern_ops);
CREATE INDEX delivery_feedbackevent_batch_id_9cbcbb4e ON public.delivery_feedbackevent USING btree (batch_id);
CREATE INDEX delivery_feedbackevent_returned_id_1992330a ON public.delivery_feedbackevent USING btree (returned_id);
CREATE INDEX delivery_lanepace_provider_id_7fe713de ON public.delivery_lanepace USING btree (provider_id);
CREATE INDEX delivery_linkhost_address_7dc6feb0_like ON public.delivery_linkhost USING btree (address varchar_pattern_ops);
CREATE INDEX delivery_maildomain_domain_b6e711e9_like ON public.delivery_maildomain USING btree (domain varchar_pattern_ops);
CREATE INDEX delivery_message_0_batch ON public.delivery_message_0 USING btree (batch_id, id);
CREATE INDEX delivery_message_0_email ON public.delivery_message_0 USING btree (lower((email)::text) text_pattern_ops);
CREATE UNIQUE INDEX delivery_message_0_once ON public.delivery_message_0 USING btree (contact_id, (
CASE
    WHEN is_merged THEN (- id)
    ELSE batch_id
END));
CREATE INDEX delivery_message_1_batch ON public.delivery_message_1 USING btree (batch_id, id);
CREATE INDEX delivery_message_1_email ON public.delivery_message_1 USING btree (lower((email)::text) text_pattern_ops);
CREATE UNIQUE INDEX delivery_message_1_once ON public.delivery_message_1 USING btree (contact_id, (
CASE
    WHEN is_merged THEN (- id)
    ELSE batch_id
END));
CREATE INDEX delivery_minutecount_provider_id_e569d53e ON public.delivery_minutecount USING btree (provider_id);
CREATE INDEX delivery_proof_batch_id_5ee16c93 ON public.delivery_proof USING btree (batch_id);
CREATE INDEX delivery_proof_provider_id_956d6f3d ON public.delivery_proof USING btree (provider_id);
CREATE INDEX delivery_providersuppression_email_c2cae879 ON public.delivery_providersuppression USING btree (email);
CREATE INDEX delivery_providersuppression_email_c2cae879_like ON public.delivery_providersuppression USING btree (email varchar_pattern_ops);
CREATE INDEX delivery_providersuppression_webhook_id_9f7a67d4 ON public.delivery_providersuppression USING btree (webhook_id);
CREATE INDEX delivery_retryminute_provider_id_538afc89 ON public.delivery_retryminute USING btree (provider_id);
CREATE INDEX delivery_returned_provider_id_4216fe26 ON public.delivery_returned USING btree (provider_id);
CREATE INDEX delivery_returnmailbox_name_67deb605_like ON public.delivery_returnmailbox USING btree (name varchar_pattern_ops);
CREATE INDEX delivery_route_provider_id_410e3e22 ON public.delivery_route USING btree (provider_id);
CREATE INDEX delivery_sandboxkey_mailbox_id_b0b0a655 ON public.delivery_sandboxkey USING btree (mailbox_id);
CREATE INDEX delivery_sandboxlogin_mailbox_id_c2be6a55 ON public.delivery_sandboxlogin USING btree (mailbox_id);
CREATE INDEX delivery_sandboxlogin_username_c952d175_like ON public.delivery_sandboxlogin USING btree (username varchar_pattern_ops);
CREATE INDEX delivery_sandboxrelay_provider_id_40d5ec07 ON public.delivery_sandboxrelay USING btree (provider_id);
CREATE INDEX delivery_sandboxrule_mailbox_id_ecd06389 ON public.delivery_sandboxrule USING btree (mailbox_id);
CREATE INDEX delivery_sendingaddress_provider_id_2edcce15 ON public.delivery_sendingaddress USING btree (provider_id);
CREATE INDEX delivery_sendingdomain_confirmed_by_id_95ef5336 ON public.delivery_sendingdomain USING btree (confirmed_by_id);
CREATE INDEX delivery_sendingdomain_name_f945036d_like ON public.delivery_sendingdomain USING btree (name varchar_pattern_ops);
CREATE INDEX delivery_signingkey_domain_id_47c83d7a ON public.delivery_signingkey USING btree (domain_id);
CREATE INDEX delivery_turn_provider_id_6db5cde1 ON public.delivery_turn USING btree (provider_id);
CREATE INDEX delivery_version_batch_id_cae6e0aa ON public.delivery_version USING btree (batch_id);
CREATE INDEX delivery_warmupday_plan_id_83045a02 ON public.delivery_warmupday USING btree (plan_id);
CREATE INDEX delivery_warmupplan_provider_id_88114713 ON public.delivery_warmupplan USING btree (provider_id);
CREATE INDEX delivery_webhook_provider_id_91106654 ON public.delivery_webhook USING btree (provider_id);
CREATE INDEX django_session_expire_date_a5c62663 ON public.django_session USING btree (expire_date);
CREATE INDEX django_session_session_key_c0390e0f_like ON public.django_session USING btree (session_key varchar_pattern_ops);
CREATE INDEX dmarc_count_of_domain ON public.delivery_dmarccount USING btree (domain_id, day);
CREATE INDEX dmarc_count_of_ip ON public.delivery_dmarccount USING btree (ip, day);
CREATE INDEX dmarc_report_taken ON public.delivery_dmarcreport USING btree (taken_at);
CREATE INDEX dmarc_source_failing ON public.delivery_dmarcsource USING btree (failing_since) WHERE (failing_since IS NOT NULL);
CREATE INDEX domain_due ON public.delivery_sendingdomain USING btree (next_check_at);
CREATE INDEX engagement_listed ON public.tracking_engagement USING btree (batch_id, kind, link_id, message_id);
CREATE INDEX erasure_unfinished ON public.contacts_erasure USING btree (id) WHERE (NOT ((state)::text = 'done'::text));
CREATE INDEX feedback_at ON public.delivery_feedback USING btree (at);
CREATE INDEX feedback_delayed ON public.delivery_feedbackevent USING btree (gives_up_at) WHERE (gives_up_at IS NOT NULL);
CREATE INDEX feedback_listed ON public.delivery_feedback USING btree (batch_id, term, message_id);
CREATE INDEX feedback_of_contact ON public.delivery_feedbackevent USING btree (contact_id, id);
CREATE INDEX feedback_suppressed ON public.delivery_feedbackevent USING btree (source, at) WHERE suppressed;
CREATE INDEX hourly_hour ON public.tracking_hourly USING btree (hour);
CREATE INDEX hourly_unfolded ON public.tracking_hourly USING btree (id) WHERE (NOT is_folded);
CREATE INDEX import_slice_at ON public.contacts_importslice USING btree (at);
CREATE INDEX letter_to_address ON public.contacts_signupletter USING btree (key, at);
CREATE INDEX link_host_due ON public.delivery_linkhost USING btree (next_check_at);
CREATE INDEX mailbox_due ON public.delivery_returnmailbox USING btree (next_poll_at);
CREATE INDEX merge_of_address ON public.contacts_merge USING btree (lower((email)::text));
CREATE INDEX mfa_authenticator_user_id_0c3a50c0 ON public.mfa_authenticator USING btree (user_id);
CREATE INDEX name_place_order ON public.contacts_nameplace USING btree (name, contact_id);
CREATE INDEX oauth_failing ON public.delivery_oauthlogin USING btree (failing_since) WHERE (failing_since IS NOT NULL);
CREATE UNIQUE INDEX one_alert_a_trouble ON public.delivery_alert USING btree (about) WHERE (over_at IS NULL);
CREATE UNIQUE INDEX one_approval_asked_for ON public.campaigns_approval USING btree (campaign_id) WHERE ((state)::text = 'asked'::text);
CREATE UNIQUE INDEX one_contact_per_email ON public.contacts_contact USING btree (lower((email)::text));
CREATE UNIQUE INDEX one_conversion_a_message ON public.tracking_conversion USING btree (goal_id, message_id) WHERE (("order")::text = ''::text);
CREATE UNIQUE INDEX one_conversion_an_order ON public.tracking_conversion USING btree (goal_id, "order") WHERE (NOT (("order")::text = ''::text));
CREATE UNIQUE INDEX one_default_provider ON public.delivery_provider USING btree (is_default) WHERE is_default;
CREATE UNIQUE INDEX one_folded_hour ON public.tracking_hourly USING btree (hour, kind, is_machine) WHERE is_folded;
CREATE UNIQUE INDEX one_plan_a_domain ON public.delivery_warmupplan USING btree (sender_domain) WHERE (((state)::text = ANY ((ARRAY['active'::character varying, 'held'::character varying])::text[])) AND (NOT ((sender_domain)::text = ''::text)));
CREATE UNIQUE INDEX one_plan_a_provider ON public.delivery_warmupplan USING btree (provider_id) WHERE ((state)::text = ANY ((ARRAY['active'::character varying, 'held'::character varying])::text[]));
CREATE UNIQUE INDEX one_sandbox ON public.delivery_provider USING btree (kind) WHERE ((kind)::text = 'sandbox'::text);
CREATE UNIQUE INDEX one_version_still_written ON public.campaigns_draftversion USING btree (campaign_id) WHERE (words IS NULL);
CREATE UNIQUE INDEX one_waiting_signup_per_form ON public.contacts_signuprequest USING btree (form_id, key) WHERE ((state)::text = 'waiting'::text);
CREATE INDEX proof_lapsing ON public.contacts_spentproof USING btree (lapses_at);
CREATE UNIQUE INDEX provider_name_once ON public.delivery_provider USING btree (name) WHERE (removed_at IS NULL);
CREATE INDEX returned_by_source ON public.delivery_returned USING btree (source, id DESC);
CREATE INDEX returned_due ON public.delivery_returned USING btree (due_at, id) WHERE (due_at IS NOT NULL);
CREATE INDEX returned_held ON public.delivery_returned USING btree (id) WHERE ((state)::text = 'held'::text);
CREATE INDEX returned_received ON public.delivery_returned USING btree (received_at);
CREATE INDEX sandbox_envelope_to ON public.delivery_sandboxmail USING btree (envelope_to);
CREATE INDEX sandbox_mailbox ON public.delivery_sandboxmail USING btree (mailbox_id, id);
CREATE UNIQUE INDEX sandbox_mailbox_name_once ON public.delivery_sandboxmailbox USING btree (lower((name)::text));
CREATE INDEX sandbox_relay_waiting ON public.delivery_sandboxrelay USING btree (mail_id) WHERE ((state)::text = 'waiting'::text);
CREATE UNIQUE INDEX seed_list_names ON public.campaigns_seedlist USING btree (lower((name)::text));
CREATE INDEX signup_expiring ON public.contacts_signuprequest USING btree (expires_at);
CREATE INDEX signup_of_address ON public.contacts_signuprequest USING btree (key);
CREATE INDEX signup_of_form ON public.contacts_signuprequest USING btree (form_id, id DESC);
CREATE INDEX step_of_draft ON public.campaigns_draftstep USING btree (campaign_id, leads, id);
CREATE INDEX subscription_ending ON public.contacts_subscription USING btree (expires_at) WHERE (expires_at IS NOT NULL);
CREATE INDEX suppression_answered ON public.contacts_suppression USING btree (created_at) WHERE ((source)::text = ANY ((ARRAY['smtp'::character varying, 'bounce'::character varying])::text[]));
CREATE INDEX suppression_erased ON public.contacts_suppression USING btree (email) WHERE is_erased;
CREATE INDEX suppression_held ON public.contacts_suppression USING btree (email) WHERE ((reason)::text = 'held'::text);
CREATE INDEX tracking_breakdown_batch_id_830cf91c ON public.tracking_breakdown USING btree (batch_id);
CREATE INDEX tracking_event_message ON ONLY public.tracking_event USING btree (message_id);
CREATE INDEX tracking_goal_created_by_id_bc07f47a ON public.tracking_goal USING btree (created_by_id);
CREATE INDEX tracking_goal_name_257a4ef4_like ON public.tracking_goal USING btree (name varchar_pattern_ops);
CREATE INDEX tracking_link_batch_id_5a0617fb ON public.tracking_link USING btree (batch_id);
CREATE INDEX tracking_rollup_batch_id_399e5f74 ON public.tracking_rollup USING btree (batch_id);
CREATE INDEX tracking_spool_name_ed1ee74a_like ON public.tracking_spool USING btree (name varchar_pattern_ops);
CREATE INDEX tracking_taggedslice_tagging_id_c7deae6f ON public.tracking_taggedslice USING btree (tagging_id);
CREATE INDEX tracking_tagging_batch_id_0a78c5d9 ON public.tracking_tagging USING btree (batch_id);
CREATE INDEX tracking_tagging_created_by_id_225bf440 ON public.tracking_tagging USING btree (created_by_id);
CREATE INDEX turn_of_provider ON public.delivery_turn USING btree (provider_id, stream);
CREATE UNIQUE INDEX unique_authenticator_type ON public.mfa_authenticator USING btree (user_id, type) WHERE ((type)::text = ANY ((ARRAY['totp'::character varying, 'recovery_codes'::character varying])::text[]));
CREATE UNIQUE INDEX unique_primary_email ON public.account_emailaddress USING btree (user_id, "primary") WHERE "primary";
CREATE UNIQUE INDEX unique_verified_email ON public.account_emailaddress USING btree (email) WHERE verified;
CREATE INDEX waiting_due_by_lane ON public.delivery_waiting USING btree (batch_id, lane, retry_at) WHERE (retry_at IS NOT NULL);
CREATE INDEX waiting_listed ON public.delivery_waiting USING btree (batch_id, state, message_id);
ALTER INDEX public.delivery_message_pkey ATTACH PARTITION public.delivery_message_0_pkey;
ALTER INDEX public.delivery_message_pkey ATTACH PARTITION public.delivery_message_1_pkey;
CREATE TRIGGER check_moved AFTER UPDATE OF contact_id, list_id ON public.contacts_subscription FOR EACH ROW WHEN (((old.contact_id IS DISTINCT FROM new.contact_id) OR (old.list_id IS DISTINCT FROM new.list_id))) EXECUTE FUNCTION public.contacts_check_moved_subscription();
CREATE TRIGGER check_new AFTER INSERT ON public.contacts_subscription REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.contacts_check_subscriptions();
CREATE TRIGGER forget_consent AFTER DELETE ON public.contacts_contact REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION public.contacts_forget_consent();
CREATE TRIGGER headcount_of_gone AFTER DELETE ON public.contacts_contact REFERENCING OLD TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.contacts_note_headcount();
CREATE TRIGGER headcount_of_new AFTER INSERT ON public.contacts_contact REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION public.contacts_note_headcount();
CREATE TRIGGER headcount_of_none AFTER TRUNCATE ON public.contacts_contact FOR EACH STATEMENT EXECUTE FUNCTION public.contacts_note_headcount();
CREATE TRIGGER keep BEFORE DELETE OR UPDATE ON public.contacts_consentevent FOR EACH ROW EXECUTE FUNCTION public.contacts_keep_consent();
CREATE TRIGGER keep BEFORE DELETE OR UPDATE ON public.contacts_trackingconsentevent FOR EACH ROW EXECUTE FUNCTION public.contacts_keep_consent();
CREATE TRIGGER keep BEFORE DELETE OR UPDATE ON public.contacts_wording FOR EACH ROW EXECUTE FUNCTION public.contacts_keep_wording();
CREATE CONSTRAINT TRIGGER no_orphans AFTER DELETE ON public.contacts_contact DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.contacts_refuse_orphans();
CREATE CONSTRAINT TRIGGER no_orphans AFTER DELETE ON public.contacts_mailinglist DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.contacts_refuse_orphans();
CREATE TRIGGER note_blocks_changed AFTER UPDATE ON public.contacts_subscription REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.contacts_note_blocks_of_lists();
CREATE TRIGGER note_blocks_deleted AFTER DELETE ON public.contacts_subscription REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION public.contacts_note_blocks_of_lists();
CREATE TRIGGER note_blocks_joined AFTER INSERT ON public.contacts_subscription REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.contacts_note_blocks_of_lists();
CREATE TRIGGER note_blocks_lifted AFTER DELETE ON public.contacts_suppression REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION public.contacts_note_blocks_of_suppressions();
CREATE TRIGGER note_blocks_of_reasons AFTER UPDATE ON public.contacts_suppression REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.contacts_note_blocks_of_suppressions();
CREATE TRIGGER note_blocks_suppressed AFTER INSERT ON public.contacts_suppression REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.contacts_note_blocks_of_suppressions();
CREATE TRIGGER note_changed AFTER UPDATE ON public.contacts_subscription REFERENCING OLD TABLE AS stale NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.contacts_note_subscriptions();
CREATE TRIGGER note_click AFTER INSERT ON public.tracking_engagement REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.tracking_note_clicks();
CREATE TRIGGER note_click_changed AFTER UPDATE ON public.tracking_engagement REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.tracking_note_clicks();
CREATE TRIGGER note_click_gone AFTER DELETE ON public.tracking_engagement REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION public.tracking_note_clicks();
CREATE TRIGGER note_deleted AFTER DELETE ON public.contacts_subscription REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION public.contacts_note_subscriptions();
CREATE TRIGGER note_joined AFTER INSERT ON public.contacts_subscription REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.contacts_note_subscriptions();
CREATE TRIGGER note_people_gone AFTER DELETE ON public.contacts_contact REFERENCING OLD TABLE AS stale FOR EACH STATEMENT EXECUTE FUNCTION public.contacts_note_blocks();
CREATE TRIGGER note_suppressed AFTER INSERT OR DELETE ON public.contacts_listsuppression FOR EACH STATEMENT EXECUTE FUNCTION public.contacts_note_suppressions();
CREATE TRIGGER note_suppressed AFTER INSERT OR DELETE ON public.contacts_suppression FOR EACH STATEMENT EXECUTE FUNCTION public.contacts_note_suppressions();
CREATE TRIGGER note_tags_changed AFTER UPDATE OF attributes ON public.contacts_contact FOR EACH ROW WHEN (((old.attributes -> 'tags'::text) IS DISTINCT FROM (new.attributes -> 'tags'::text))) EXECUTE FUNCTION public.contacts_note_blocks();
CREATE TRIGGER note_words_changed AFTER UPDATE OF email, first_name, last_name ON public.contacts_contact FOR EACH ROW WHEN ((((((old.email)::text IS DISTINCT FROM (new.email)::text) OR ((old.first_name)::text IS DISTINCT FROM (new.first_name)::text)) OR ((old.last_name)::text IS DISTINCT FROM (new.last_name)::text)) AND (current_setting('contacts.notes_names_itself'::text, true) IS DISTINCT FROM 'yes'::text))) EXECUTE FUNCTION public.contacts_note_blocks();
CREATE TRIGGER note_words_of_new AFTER INSERT ON public.contacts_contact REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.contacts_note_blocks();
CREATE TRIGGER recognise_erased AFTER INSERT ON public.contacts_contact REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION public.contacts_recognise_erased();
CREATE TRIGGER recognise_renamed AFTER UPDATE OF email ON public.contacts_contact FOR EACH ROW WHEN ((lower((old.email)::text) IS DISTINCT FROM lower((new.email)::text))) EXECUTE FUNCTION public.contacts_recognise_renamed();
ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_user_id_2c513194_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirm_email_address_id_5b7f8c58_fk_account_e FOREIGN KEY (email_address_id) REFERENCES public.account_emailaddress(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_auditentry
    ADD CONSTRAINT accounts_auditentry_user_id_7b0077aa_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_invitation
    ADD CONSTRAINT accounts_invitation_invited_by_id_94a21efc_fk_accounts_user_id FOREIGN KEY (invited_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_organisation
    ADD CONSTRAINT accounts_organisation_brand_id_cba1aa8d_fk_accounts_brandkit_id FOREIGN KEY (brand_id) REFERENCES public.accounts_brandkit(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.accounts_session
    ADD CONSTRAINT accounts_session_user_id_d5aaed01_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissio_permission_id_84c5c92e_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_b120cbf9_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_2f476e4b_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_approval
    ADD CONSTRAINT campaigns_approval_asked_by_id_1fecfb47_fk_accounts_user_id FOREIGN KEY (asked_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_approval
    ADD CONSTRAINT campaigns_approval_asked_of_id_030981bc_fk_accounts_user_id FOREIGN KEY (asked_of_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_approval
    ADD CONSTRAINT campaigns_approval_campaign_id_47969982_fk_campaigns FOREIGN KEY (campaign_id) REFERENCES public.campaigns_campaign(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_approval
    ADD CONSTRAINT campaigns_approval_decided_by_id_05f7c3a2_fk_accounts_user_id FOREIGN KEY (decided_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_approval
    ADD CONSTRAINT campaigns_approval_version_id_ecbea08a_fk_campaigns FOREIGN KEY (version_id) REFERENCES public.campaigns_draftversion(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_attachment
    ADD CONSTRAINT campaigns_attachment_campaign_id_c44ba6a6_fk_campaigns FOREIGN KEY (campaign_id) REFERENCES public.campaigns_campaign(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_attachment
    ADD CONSTRAINT campaigns_attachment_created_by_id_e2ee273b_fk_accounts_user_id FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_campaign
    ADD CONSTRAINT campaigns_campaign_batch_id_0a70d347_fk_delivery_batch_id FOREIGN KEY (batch_id) REFERENCES public.delivery_batch(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_campaign
    ADD CONSTRAINT campaigns_campaign_brand_id_8f1e137c_fk_accounts_brandkit_id FOREIGN KEY (brand_id) REFERENCES public.accounts_brandkit(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_campaign
    ADD CONSTRAINT campaigns_campaign_created_by_id_11fada74_fk_accounts_user_id FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_campaign_excluded_lists
    ADD CONSTRAINT campaigns_campaign_e_campaign_id_f13ea9d3_fk_campaigns FOREIGN KEY (campaign_id) REFERENCES public.campaigns_campaign(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_campaign_excluded_segments
    ADD CONSTRAINT campaigns_campaign_e_campaign_id_f779d7a3_fk_campaigns FOREIGN KEY (campaign_id) REFERENCES public.campaigns_campaign(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_campaign_excluded_lists
    ADD CONSTRAINT campaigns_campaign_e_mailinglist_id_ad9ad413_fk_contacts_ FOREIGN KEY (mailinglist_id) REFERENCES public.contacts_mailinglist(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_campaign_excluded_segments
    ADD CONSTRAINT campaigns_campaign_e_segment_id_6b5a6338_fk_contacts_ FOREIGN KEY (segment_id) REFERENCES public.contacts_segment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_campaign
    ADD CONSTRAINT campaigns_campaign_fixed_audience_id_45c3960a_fk_contacts_ FOREIGN KEY (fixed_audience_id) REFERENCES public.contacts_fixedaudience(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_campaign_lists
    ADD CONSTRAINT campaigns_campaign_l_campaign_id_bd9f3733_fk_campaigns FOREIGN KEY (campaign_id) REFERENCES public.campaigns_campaign(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_campaign_lists
    ADD CONSTRAINT campaigns_campaign_l_mailinglist_id_c6dd1a86_fk_contacts_ FOREIGN KEY (mailinglist_id) REFERENCES public.contacts_mailinglist(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_campaign
    ADD CONSTRAINT campaigns_campaign_provider_id_98fc2608_fk_delivery_provider_id FOREIGN KEY (provider_id) REFERENCES public.delivery_provider(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_campaign
    ADD CONSTRAINT campaigns_campaign_repeats_id_b1fda6e6_fk_campaigns_campaign_id FOREIGN KEY (repeats_id) REFERENCES public.campaigns_campaign(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_campaign
    ADD CONSTRAINT campaigns_campaign_revision_of_id_79a4a48a_fk_campaigns FOREIGN KEY (revision_of_id) REFERENCES public.campaigns_campaign(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_campaign_segments
    ADD CONSTRAINT campaigns_campaign_s_campaign_id_12dd23dd_fk_campaigns FOREIGN KEY (campaign_id) REFERENCES public.campaigns_campaign(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_campaign_segments
    ADD CONSTRAINT campaigns_campaign_s_segment_id_cbb58fa7_fk_contacts_ FOREIGN KEY (segment_id) REFERENCES public.contacts_segment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_campaign
    ADD CONSTRAINT campaigns_campaign_translation_of_id_4ffc61bd_fk_campaigns FOREIGN KEY (translation_of_id) REFERENCES public.campaigns_campaign(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_campaign
    ADD CONSTRAINT campaigns_campaign_updated_by_id_4270abad_fk_accounts_user_id FOREIGN KEY (updated_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_comment
    ADD CONSTRAINT campaigns_comment_answers_id_1fee2a8b_fk_campaigns_comment_id FOREIGN KEY (answers_id) REFERENCES public.campaigns_comment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_comment
    ADD CONSTRAINT campaigns_comment_by_id_bb278999_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_comment
    ADD CONSTRAINT campaigns_comment_campaign_id_6ec79550_fk_campaigns_campaign_id FOREIGN KEY (campaign_id) REFERENCES public.campaigns_campaign(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_comment
    ADD CONSTRAINT campaigns_comment_resolved_by_id_9531b82a_fk_accounts_user_id FOREIGN KEY (resolved_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_draftstep
    ADD CONSTRAINT campaigns_draftstep_by_id_70b17981_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_draftstep
    ADD CONSTRAINT campaigns_draftstep_campaign_id_149453a9_fk_campaigns FOREIGN KEY (campaign_id) REFERENCES public.campaigns_campaign(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_draftversion
    ADD CONSTRAINT campaigns_draftversi_campaign_id_084016d4_fk_campaigns FOREIGN KEY (campaign_id) REFERENCES public.campaigns_campaign(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_draftversion
    ADD CONSTRAINT campaigns_draftversi_restores_id_46702bb9_fk_campaigns FOREIGN KEY (restores_id) REFERENCES public.campaigns_draftversion(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_draftversion
    ADD CONSTRAINT campaigns_draftversion_by_id_9e17f621_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_edition
    ADD CONSTRAINT campaigns_edition_batch_id_c4b1479b_fk_delivery_batch_id FOREIGN KEY (batch_id) REFERENCES public.delivery_batch(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_edition
    ADD CONSTRAINT campaigns_edition_campaign_id_a4b26438_fk_campaigns_campaign_id FOREIGN KEY (campaign_id) REFERENCES public.campaigns_campaign(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_edition
    ADD CONSTRAINT campaigns_edition_created_by_id_ed2c7c77_fk_accounts_user_id FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_edition
    ADD CONSTRAINT campaigns_edition_translation_of_id_71c7d591_fk_campaigns FOREIGN KEY (translation_of_id) REFERENCES public.campaigns_edition(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_image
    ADD CONSTRAINT campaigns_image_created_by_id_86cca935_fk_accounts_user_id FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_image
    ADD CONSTRAINT campaigns_image_folder_id_c1bdef9d_fk_campaigns_imagefolder_id FOREIGN KEY (folder_id) REFERENCES public.campaigns_imagefolder(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_mailimport
    ADD CONSTRAINT campaigns_mailimport_campaign_id_ee0949a3_fk_campaigns FOREIGN KEY (campaign_id) REFERENCES public.campaigns_campaign(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_mailimport
    ADD CONSTRAINT campaigns_mailimport_created_by_id_f0af29eb_fk_accounts_user_id FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_mention
    ADD CONSTRAINT campaigns_mention_by_id_fed2ca2e_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_mention
    ADD CONSTRAINT campaigns_mention_conversation_id_69cac44c_fk_campaigns FOREIGN KEY (conversation_id) REFERENCES public.campaigns_comment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_mention
    ADD CONSTRAINT campaigns_mention_user_id_68e14beb_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_proofsheet
    ADD CONSTRAINT campaigns_proofsheet_campaign_id_7b729758_fk_campaigns FOREIGN KEY (campaign_id) REFERENCES public.campaigns_campaign(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_proofsheet
    ADD CONSTRAINT campaigns_proofsheet_created_by_id_66800dcd_fk_accounts_user_id FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_savedblock
    ADD CONSTRAINT campaigns_savedblock_created_by_id_fa4616ec_fk_accounts_user_id FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_sharedreport
    ADD CONSTRAINT campaigns_sharedrepo_campaign_id_08bd0412_fk_campaigns FOREIGN KEY (campaign_id) REFERENCES public.campaigns_campaign(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_sharedreport
    ADD CONSTRAINT campaigns_sharedrepo_created_by_id_8f6d4d0a_fk_accounts_ FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_template
    ADD CONSTRAINT campaigns_template_campaign_id_57b409af_fk_campaigns FOREIGN KEY (campaign_id) REFERENCES public.campaigns_campaign(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_testaddress
    ADD CONSTRAINT campaigns_testaddress_asked_by_id_cb51d47c_fk_accounts_user_id FOREIGN KEY (asked_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.campaigns_weeklysummary
    ADD CONSTRAINT campaigns_weeklysummary_user_id_964f9efc_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_addresschange
    ADD CONSTRAINT contacts_addresschan_contact_id_5f5ecbb4_fk_contacts_ FOREIGN KEY (contact_id) REFERENCES public.contacts_contact(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_bulkchange
    ADD CONSTRAINT contacts_bulkchange_created_by_id_8b3cdeff_fk_accounts_user_id FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_bulkslice
    ADD CONSTRAINT contacts_bulkslice_change_id_d3f1753e_fk_contacts_bulkchange_id FOREIGN KEY (change_id) REFERENCES public.contacts_bulkchange(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_chosencolumns
    ADD CONSTRAINT contacts_chosencolumns_user_id_75b91e46_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_deletedperson
    ADD CONSTRAINT contacts_deletedpers_change_id_0a99d87d_fk_contacts_ FOREIGN KEY (change_id) REFERENCES public.contacts_bulkchange(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_erasure
    ADD CONSTRAINT contacts_erasure_by_id_61e8a896_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_exportjob
    ADD CONSTRAINT contacts_exportjob_created_by_id_368f307d_fk_accounts_user_id FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_fieldchange
    ADD CONSTRAINT contacts_fieldchange_created_by_id_0c0bc34c_fk_accounts_user_id FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_fieldchange
    ADD CONSTRAINT contacts_fieldchange_field_id_da2b201d_fk_contacts_field_id FOREIGN KEY (field_id) REFERENCES public.contacts_field(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_importgraver
    ADD CONSTRAINT contacts_importgrave_slice_id_9d0ac82c_fk_contacts_ FOREIGN KEY (slice_id) REFERENCES public.contacts_importslice(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_importjob
    ADD CONSTRAINT contacts_importjob_created_by_id_d9e4aa17_fk_accounts_user_id FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_importslice
    ADD CONSTRAINT contacts_importslice_job_id_e46e4fe6_fk_contacts_importjob_id FOREIGN KEY (job_id) REFERENCES public.contacts_importjob(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_importundo
    ADD CONSTRAINT contacts_importundo_created_by_id_e4c5b74d_fk_accounts_user_id FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_importundo
    ADD CONSTRAINT contacts_importundo_job_id_eb747dec_fk_contacts_importjob_id FOREIGN KEY (job_id) REFERENCES public.contacts_importjob(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_listbasis
    ADD CONSTRAINT contacts_listbasis_changed_by_id_781a0be9_fk_accounts_user_id FOREIGN KEY (changed_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_listbasis
    ADD CONSTRAINT contacts_listbasis_counted_from_id_1fc0b9da_fk_contacts_ FOREIGN KEY (counted_from_id) REFERENCES public.contacts_field(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_listbasis
    ADD CONSTRAINT contacts_listbasis_list_id_8617a4af_fk_contacts_mailinglist_id FOREIGN KEY (list_id) REFERENCES public.contacts_mailinglist(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_listday
    ADD CONSTRAINT contacts_listday_list_id_3921d563_fk_contacts_mailinglist_id FOREIGN KEY (list_id) REFERENCES public.contacts_mailinglist(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_listsuppression
    ADD CONSTRAINT contacts_listsuppres_list_id_2cfb01df_fk_contacts_ FOREIGN KEY (list_id) REFERENCES public.contacts_mailinglist(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_listsuppression
    ADD CONSTRAINT contacts_listsuppression_by_id_1a7b75e8_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_merge
    ADD CONSTRAINT contacts_merge_by_id_49d4b338_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_note
    ADD CONSTRAINT contacts_note_by_id_bb68adec_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_note
    ADD CONSTRAINT contacts_note_contact_id_13551131_fk_contacts_contact_id FOREIGN KEY (contact_id) REFERENCES public.contacts_contact(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_note
    ADD CONSTRAINT contacts_note_edited_by_id_019cc422_fk_accounts_user_id FOREIGN KEY (edited_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_segment
    ADD CONSTRAINT contacts_segment_created_by_id_7e66a26a_fk_accounts_user_id FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_segmentday
    ADD CONSTRAINT contacts_segmentday_segment_id_3a3b5804_fk_contacts_segment_id FOREIGN KEY (segment_id) REFERENCES public.contacts_segment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_signupform_lists
    ADD CONSTRAINT contacts_signupform__mailinglist_id_06e661ff_fk_contacts_ FOREIGN KEY (mailinglist_id) REFERENCES public.contacts_mailinglist(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_signupform_lists
    ADD CONSTRAINT contacts_signupform__signupform_id_ee9559f3_fk_contacts_ FOREIGN KEY (signupform_id) REFERENCES public.contacts_signupform(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_signupform
    ADD CONSTRAINT contacts_signupform_created_by_id_2bd589d5_fk_accounts_user_id FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_signuphour
    ADD CONSTRAINT contacts_signuphour_form_id_67de2027_fk_contacts_signupform_id FOREIGN KEY (form_id) REFERENCES public.contacts_signupform(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_signupletter
    ADD CONSTRAINT contacts_signuplette_request_id_d6d0d19d_fk_contacts_ FOREIGN KEY (request_id) REFERENCES public.contacts_signuprequest(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_signuprequest
    ADD CONSTRAINT contacts_signupreque_contact_id_9379941a_fk_contacts_ FOREIGN KEY (contact_id) REFERENCES public.contacts_contact(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_signuprequest
    ADD CONSTRAINT contacts_signupreque_form_id_dca2e83e_fk_contacts_ FOREIGN KEY (form_id) REFERENCES public.contacts_signupform(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_signuprequest
    ADD CONSTRAINT contacts_signupreque_wording_id_e40a1d70_fk_contacts_ FOREIGN KEY (wording_id) REFERENCES public.contacts_signupwording(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_signupshown
    ADD CONSTRAINT contacts_signupshown_form_id_2899d2ee_fk_contacts_signupform_id FOREIGN KEY (form_id) REFERENCES public.contacts_signupform(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_signupwording
    ADD CONSTRAINT contacts_signupwordi_form_id_8c053164_fk_contacts_ FOREIGN KEY (form_id) REFERENCES public.contacts_signupform(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_valuechange
    ADD CONSTRAINT contacts_valuechange_by_id_116200cf_fk_accounts_user_id FOREIGN KEY (by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.contacts_valuechange
    ADD CONSTRAINT contacts_valuechange_contact_id_046de8ac_fk_contacts_contact_id FOREIGN KEY (contact_id) REFERENCES public.contacts_contact(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_alertmail
    ADD CONSTRAINT delivery_alertmail_alert_id_d3d33dd8_fk_delivery_alert_id FOREIGN KEY (alert_id) REFERENCES public.delivery_alert(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_alertmail
    ADD CONSTRAINT delivery_alertmail_user_id_2e4d5ba5_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_attempt
    ADD CONSTRAINT delivery_attempt_batch_id_d52d522e_fk_delivery_batch_id FOREIGN KEY (batch_id) REFERENCES public.delivery_batch(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_attempt
    ADD CONSTRAINT delivery_attempt_provider_id_41bebe91_fk_delivery_provider_id FOREIGN KEY (provider_id) REFERENCES public.delivery_provider(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_batch
    ADD CONSTRAINT delivery_batch_provider_id_1d3345a1_fk_delivery_provider_id FOREIGN KEY (provider_id) REFERENCES public.delivery_provider(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_batch
    ADD CONSTRAINT delivery_batch_rehearsed_for_id_108fe3d9_fk_delivery_ FOREIGN KEY (rehearsed_for_id) REFERENCES public.delivery_provider(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_breaker
    ADD CONSTRAINT delivery_breaker_provider_id_f88cf37b_fk_delivery_provider_id FOREIGN KEY (provider_id) REFERENCES public.delivery_provider(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_chunk
    ADD CONSTRAINT delivery_chunk_batch_id_ea70c60e_fk_delivery_batch_id FOREIGN KEY (batch_id) REFERENCES public.delivery_batch(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_dmarccount
    ADD CONSTRAINT delivery_dmarccount_domain_id_528a5ba0_fk_delivery_ FOREIGN KEY (domain_id) REFERENCES public.delivery_sendingdomain(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_dmarccount
    ADD CONSTRAINT delivery_dmarccount_report_id_259c1afc_fk_delivery_ FOREIGN KEY (report_id) REFERENCES public.delivery_dmarcreport(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_dmarcsource
    ADD CONSTRAINT delivery_dmarcsource_domain_id_9c5a8458_fk_delivery_ FOREIGN KEY (domain_id) REFERENCES public.delivery_sendingdomain(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_domainlink
    ADD CONSTRAINT delivery_domainlink_created_by_id_85159475_fk_accounts_user_id FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_domainlink
    ADD CONSTRAINT delivery_domainlink_domain_id_f9b2a1e1_fk_delivery_ FOREIGN KEY (domain_id) REFERENCES public.delivery_sendingdomain(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_domainlisting
    ADD CONSTRAINT delivery_domainlisti_domain_id_93a77572_fk_delivery_ FOREIGN KEY (domain_id) REFERENCES public.delivery_sendingdomain(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_domainmail
    ADD CONSTRAINT delivery_domainmail_domain_id_bc55b0d9_fk_delivery_ FOREIGN KEY (domain_id) REFERENCES public.delivery_sendingdomain(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_domainmail
    ADD CONSTRAINT delivery_domainmail_provider_id_ab2631fd_fk_delivery_ FOREIGN KEY (provider_id) REFERENCES public.delivery_provider(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_domainmail
    ADD CONSTRAINT delivery_domainmail_sent_by_id_97f14844_fk_accounts_user_id FOREIGN KEY (sent_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_feedbackcount
    ADD CONSTRAINT delivery_feedbackcount_batch_id_b0255ebc_fk_delivery_batch_id FOREIGN KEY (batch_id) REFERENCES public.delivery_batch(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_knownmail
    ADD CONSTRAINT delivery_knownmail_mailbox_id_df51a052_fk_delivery_ FOREIGN KEY (mailbox_id) REFERENCES public.delivery_returnmailbox(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_laneday
    ADD CONSTRAINT delivery_laneday_batch_id_2c60bbfe_fk_delivery_batch_id FOREIGN KEY (batch_id) REFERENCES public.delivery_batch(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_lanepace
    ADD CONSTRAINT delivery_lanepace_provider_id_7fe713de_fk_delivery_provider_id FOREIGN KEY (provider_id) REFERENCES public.delivery_provider(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_mailboxfigure
    ADD CONSTRAINT delivery_mailboxfigu_address_id_634af703_fk_delivery_ FOREIGN KEY (address_id) REFERENCES public.delivery_sendingaddress(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_mailboxfigure
    ADD CONSTRAINT delivery_mailboxfigu_domain_id_7e104522_fk_delivery_ FOREIGN KEY (domain_id) REFERENCES public.delivery_sendingdomain(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_minutecount
    ADD CONSTRAINT delivery_minutecount_provider_id_e569d53e_fk_delivery_ FOREIGN KEY (provider_id) REFERENCES public.delivery_provider(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_oauthlogin
    ADD CONSTRAINT delivery_oauthlogin_mailbox_id_4d0558cd_fk_delivery_ FOREIGN KEY (mailbox_id) REFERENCES public.delivery_returnmailbox(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_oauthlogin
    ADD CONSTRAINT delivery_oauthlogin_provider_id_d274b40e_fk_delivery_ FOREIGN KEY (provider_id) REFERENCES public.delivery_provider(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_proof
    ADD CONSTRAINT delivery_proof_batch_id_5ee16c93_fk_delivery_batch_id FOREIGN KEY (batch_id) REFERENCES public.delivery_batch(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_proof
    ADD CONSTRAINT delivery_proof_provider_id_956d6f3d_fk_delivery_provider_id FOREIGN KEY (provider_id) REFERENCES public.delivery_provider(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_providerhour
    ADD CONSTRAINT delivery_providerhou_provider_id_c097a845_fk_delivery_ FOREIGN KEY (provider_id) REFERENCES public.delivery_provider(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_providersuppression
    ADD CONSTRAINT delivery_providersup_webhook_id_9f7a67d4_fk_delivery_ FOREIGN KEY (webhook_id) REFERENCES public.delivery_webhook(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_retryminute
    ADD CONSTRAINT delivery_retryminute_provider_id_538afc89_fk_delivery_ FOREIGN KEY (provider_id) REFERENCES public.delivery_provider(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_returned
    ADD CONSTRAINT delivery_returned_provider_id_4216fe26_fk_delivery_provider_id FOREIGN KEY (provider_id) REFERENCES public.delivery_provider(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_route
    ADD CONSTRAINT delivery_route_provider_id_410e3e22_fk_delivery_provider_id FOREIGN KEY (provider_id) REFERENCES public.delivery_provider(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_sandboxkey
    ADD CONSTRAINT delivery_sandboxkey_mailbox_id_b0b0a655_fk_delivery_ FOREIGN KEY (mailbox_id) REFERENCES public.delivery_sandboxmailbox(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_sandboxlogin
    ADD CONSTRAINT delivery_sandboxlogi_mailbox_id_c2be6a55_fk_delivery_ FOREIGN KEY (mailbox_id) REFERENCES public.delivery_sandboxmailbox(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_sandboxmailbox
    ADD CONSTRAINT delivery_sandboxmail_provider_id_74192123_fk_delivery_ FOREIGN KEY (provider_id) REFERENCES public.delivery_provider(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_sandboxrelay
    ADD CONSTRAINT delivery_sandboxrela_provider_id_40d5ec07_fk_delivery_ FOREIGN KEY (provider_id) REFERENCES public.delivery_provider(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_sandboxrule
    ADD CONSTRAINT delivery_sandboxrule_mailbox_id_ecd06389_fk_delivery_ FOREIGN KEY (mailbox_id) REFERENCES public.delivery_sandboxmailbox(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_sendingaddress
    ADD CONSTRAINT delivery_sendingaddr_provider_id_2edcce15_fk_delivery_ FOREIGN KEY (provider_id) REFERENCES public.delivery_provider(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_sendingdomain
    ADD CONSTRAINT delivery_sendingdoma_confirmed_by_id_95ef5336_fk_accounts_ FOREIGN KEY (confirmed_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_signingkey
    ADD CONSTRAINT delivery_signingkey_domain_id_47c83d7a_fk_delivery_ FOREIGN KEY (domain_id) REFERENCES public.delivery_sendingdomain(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_turn
    ADD CONSTRAINT delivery_turn_provider_id_6db5cde1_fk_delivery_provider_id FOREIGN KEY (provider_id) REFERENCES public.delivery_provider(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_version
    ADD CONSTRAINT delivery_version_batch_id_cae6e0aa_fk_delivery_batch_id FOREIGN KEY (batch_id) REFERENCES public.delivery_batch(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_waiting
    ADD CONSTRAINT delivery_waiting_batch_id_397c0882_fk_delivery_batch_id FOREIGN KEY (batch_id) REFERENCES public.delivery_batch(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_warmupday
    ADD CONSTRAINT delivery_warmupday_plan_id_83045a02_fk_delivery_warmupplan_id FOREIGN KEY (plan_id) REFERENCES public.delivery_warmupplan(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_warmupplan
    ADD CONSTRAINT delivery_warmupplan_provider_id_88114713_fk_delivery_ FOREIGN KEY (provider_id) REFERENCES public.delivery_provider(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.delivery_webhook
    ADD CONSTRAINT delivery_webhook_provider_id_91106654_fk_delivery_provider_id FOREIGN KEY (provider_id) REFERENCES public.delivery_provider(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.mfa_authenticator
    ADD CONSTRAINT mfa_authenticator_user_id_0c3a50c0_fk_accounts_user_id FOREIGN KEY (user_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tracking_breakdown
    ADD CONSTRAINT tracking_breakdown_batch_id_830cf91c_fk_delivery_batch_id FOREIGN KEY (batch_id) REFERENCES public.delivery_batch(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tracking_conversion
    ADD CONSTRAINT tracking_conversion_goal_id_7cbc5fa0_fk_tracking_goal_id FOREIGN KEY (goal_id) REFERENCES public.tracking_goal(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tracking_goal
    ADD CONSTRAINT tracking_goal_created_by_id_bc07f47a_fk_accounts_user_id FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tracking_link
    ADD CONSTRAINT tracking_link_batch_id_5a0617fb_fk_delivery_batch_id FOREIGN KEY (batch_id) REFERENCES public.delivery_batch(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tracking_rollup
    ADD CONSTRAINT tracking_rollup_batch_id_399e5f74_fk_delivery_batch_id FOREIGN KEY (batch_id) REFERENCES public.delivery_batch(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tracking_taggedslice
    ADD CONSTRAINT tracking_taggedslice_tagging_id_c7deae6f_fk_tracking_tagging_id FOREIGN KEY (tagging_id) REFERENCES public.tracking_tagging(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tracking_tagging
    ADD CONSTRAINT tracking_tagging_batch_id_0a78c5d9_fk_delivery_batch_id FOREIGN KEY (batch_id) REFERENCES public.delivery_batch(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tracking_tagging
    ADD CONSTRAINT tracking_tagging_created_by_id_225bf440_fk_accounts_user_id FOREIGN KEY (created_by_id) REFERENCES public.accounts_user(id) DEFERRABLE INITIALLY DEFERRED;
SET LOCAL check_function_bodies = true;
SELECT tracking_event_partition(current_date);
SELECT tracking_event_partition((current_date + interval '1 month')::date);
INSERT INTO contacts_erasuresalt (salt) VALUES (gen_random_uuid()::text || gen_random_uuid()::text);
INSERT INTO contacts_listchange (list_id, at, joined, unsubscribed, deleted) VALUES (NULL, now(), 0, 0, 0);
INSERT INTO delivery_idblock (next_id) VALUES (1);
INSERT INTO delivery_incarnation DEFAULT VALUES;
INSERT INTO delivery_sandboxmailbox (id, name, keep_mails, keep_days, created_at)
VALUES (0, 'Rehearsals', 50000, 30, now());
INSERT INTO django_migrations (app, name, applied) VALUES
    ('accounts', '0001_initial', now()),
    ('account', '0001_initial', now()),
    ('account', '0002_email_max_length', now()),
    ('account', '0003_alter_emailaddress_create_unique_verified_email', now()),
    ('account', '0004_alter_emailaddress_drop_unique_email', now()),
    ('account', '0005_emailaddress_idx_upper_email', now()),
    ('account', '0006_emailaddress_lower', now()),
    ('account', '0007_emailaddress_idx_email', now()),
    ('account', '0008_emailaddress_unique_primary_email_fixup', now()),
    ('account', '0009_emailaddress_unique_primary_email', now()),
    ('accounts', '0002_session_epoch', now()),
    ('accounts', '0003_sessions', now()),
    ('accounts', '0004_second_factor', now()),
    ('accounts', '0005_invitation_mails', now()),
    ('accounts', '0006_bounce_domain', now()),
    ('accounts', '0007_weekly_summary', now()),
    ('accounts', '0008_tracking_modes', now()),
    ('accounts', '0009_alerts', now()),
    ('accounts', '0010_brands', now()),
    ('accounts', '0011_muted_alarms', now()),
    ('accounts', '0012_organisation_approval', now()),
    ('accounts', '0013_approval_above', now()),
    ('contenttypes', '0001_initial', now()),
    ('contenttypes', '0002_remove_content_type_name', now()),
    ('auth', '0001_initial', now()),
    ('auth', '0002_alter_permission_name_max_length', now()),
    ('auth', '0003_alter_user_email_max_length', now()),
    ('auth', '0004_alter_user_username_opts', now()),
    ('auth', '0005_alter_user_last_login_null', now()),
    ('auth', '0006_require_contenttypes_0002', now()),
    ('auth', '0007_alter_validators_add_error_messages', now()),
    ('auth', '0008_alter_user_username_max_length', now()),
    ('auth', '0009_alter_user_last_name_max_length', now()),
    ('auth', '0010_alter_group_name_max_length', now()),
    ('auth', '0011_update_proxy_permissions', now()),
    ('auth', '0012_alter_user_first_name_max_length', now()),
    ('delivery', '0001_providers', now()),
    ('delivery', '0002_ledger', now()),
    ('delivery', '0003_incarnation', now()),
    ('delivery', '0004_offered_to', now()),
    ('delivery', '0005_complaints', now()),
    ('delivery', '0006_lane_pace', now()),
    ('delivery', '0007_breaker', now()),
    ('delivery', '0008_retry_minutes', now()),
    ('delivery', '0009_stop_rules', now()),
    ('delivery', '0010_versions', now()),
    ('delivery', '0011_routes', now()),
    ('delivery', '0012_warmup', now()),
    ('delivery', '0013_failures', now()),
    ('delivery', '0014_mail_domains', now()),
    ('delivery', '0015_repeats', now()),
    ('delivery', '0016_test_results', now()),
    ('delivery', '0017_unproven', now()),
    ('delivery', '0018_bad_day', now()),
    ('delivery', '0019_feedback', now()),
    ('delivery', '0020_return_listener', now()),
    ('delivery', '0021_webhooks', now()),
    ('delivery', '0022_returned_quickly', now()),
    ('delivery', '0023_return_mailboxes', now()),
    ('delivery', '0024_provider_lists', now()),
    ('delivery', '0025_sums_by_hour', now()),
    ('delivery', '0026_lane_pauses', now()),
    ('delivery', '0027_tracking_modes', now()),
    ('delivery', '0028_api_providers', now()),
    ('delivery', '0029_sending_domains', now()),
    ('delivery', '0030_sandbox_mailboxes', now()),
    ('delivery', '0031_sandbox_rules', now()),
    ('delivery', '0032_sandbox_keys', now()),
    ('delivery', '0033_rehearsing', now()),
    ('delivery', '0034_sandbox_readers', now()),
    ('delivery', '0035_alerts', now()),
    ('delivery', '0036_signing_keys', now()),
    ('delivery', '0037_dmarc_reports', now()),
    ('delivery', '0038_domain_mails', now()),
    ('delivery', '0039_merged_people', now()),
    ('delivery', '0040_reputation', now()),
    ('delivery', '0041_oauth', now()),
    ('delivery', '0042_provider_health', now()),
    ('delivery', '0043_listener_full', now()),
    ('delivery', '0044_mailbox_figures', now()),
    ('delivery', '0045_domain_mail_one_click', now()),
    ('delivery', '0046_link_hosts', now()),
    ('delivery', '0047_dmarc_senders', now()),
    ('delivery', '0048_return_names', now()),
    ('delivery', '0049_languages', now()),
    ('contacts', '0001_initial', now()),
    ('contacts', '0002_consent_log_unchecked', now()),
    ('contacts', '0003_held_suppressions', now()),
    ('contacts', '0004_out_of_reach', now()),
    ('contacts', '0005_graver_states', now()),
    ('contacts', '0006_tags', now()),
    ('contacts', '0007_public_list_names', now()),
    ('contacts', '0008_suppression_answered', now()),
    ('contacts', '0009_audience_days', now()),
    ('contacts', '0010_list_growth', now()),
    ('contacts', '0011_consent_to_opens_and_clicks', now()),
    ('contacts', '0012_segments', now()),
    ('contacts', '0013_lists_fields_guesses', now()),
    ('contacts', '0014_notes_and_value_changes', now()),
    ('contacts', '0015_recent_campaigns', now()),
    ('contacts', '0016_imports_undone', now()),
    ('contacts', '0017_bulk_changes', now()),
    ('contacts', '0018_table', now()),
    ('contacts', '0019_orders_of_the_table', now()),
    ('contacts', '0020_field_changes', now()),
    ('contacts', '0021_imports_read_first', now()),
    ('contacts', '0022_signup', now()),
    ('contacts', '0023_guessing', now()),
    ('contacts', '0024_pauses_and_addresses', now()),
    ('contacts', '0025_erasing', now()),
    ('contacts', '0026_field_indexes', now()),
    ('contacts', '0027_paused_and_samples', now()),
    ('contacts', '0028_headcount', now()),
    ('contacts', '0029_grounds', now()),
    ('contacts', '0030_consent_kept', now()),
    ('contacts', '0031_people_blocks', now()),
    ('contacts', '0032_places_of_names', now()),
    ('contacts', '0033_forms_proven_coloured_shown', now()),
    ('contacts', '0034_merging', now()),
    ('contacts', '0035_withdrawn_consent', now()),
    ('contacts', '0036_merges_outlive', now()),
    ('contacts', '0037_suppressed_for_one_list', now()),
    ('contacts', '0038_forms_ask_about_counting', now()),
    ('contacts', '0039_growth_knows_list_suppressions', now()),
    ('contacts', '0040_growth_knows_ended_consent', now()),
    ('contacts', '0041_fixed_audiences', now()),
    ('campaigns', '0001_initial', now()),
    ('campaigns', '0002_revisions', now()),
    ('campaigns', '0003_draft_steps', now()),
    ('campaigns', '0004_repeats', now()),
    ('campaigns', '0005_tags', now()),
    ('campaigns', '0006_test_addresses', now()),
    ('campaigns', '0007_shared_reports_and_proof_sheets', now()),
    ('campaigns', '0008_weekly_summary', now()),
    ('campaigns', '0009_tracking_modes', now()),
    ('campaigns', '0010_segments', now()),
    ('campaigns', '0011_longer_subjects', now()),
    ('campaigns', '0012_signup', now()),
    ('campaigns', '0013_brands', now()),
    ('campaigns', '0014_templates', now()),
    ('campaigns', '0015_image_library', now()),
    ('campaigns', '0016_mail_import', now()),
    ('campaigns', '0017_saved_blocks', now()),
    ('campaigns', '0018_draft_versions', now()),
    ('campaigns', '0019_excluded_tags', now()),
    ('campaigns', '0020_approval', now()),
    ('campaigns', '0021_fixed_audience', now()),
    ('campaigns', '0022_comments', now()),
    ('campaigns', '0023_attachments', now()),
    ('campaigns', '0024_languages', now()),
    ('campaigns', '0025_share_pages_of_reports', now()),
    ('campaigns', '0026_any_list', now()),
    ('campaigns', '0027_seed_lists', now()),
    ('campaigns', '0028_comments_are_edited', now()),
    ('contacts', '0042_deleted_people', now()),
    ('contacts', '0043_subscriptions_checked_by_the_statement', now()),
    ('contacts', '0044_pasted_text', now()),
    ('delivery', '0050_asked_segments', now()),
    ('delivery', '0051_dmarc_report_sender', now()),
    ('delivery', '0052_sandbox_stages', now()),
    ('delivery', '0053_batch_direct_and_unapproved', now()),
    ('delivery', '0054_days_of_long_campaigns', now()),
    ('delivery', '0055_room_for_updates', now()),
    ('delivery', '0056_batch_people_unapproved', now()),
    ('delivery', '0057_batch_is_test', now()),
    ('mfa', '0001_initial', now()),
    ('mfa', '0002_authenticator_timestamps', now()),
    ('mfa', '0003_authenticator_type_uniq', now()),
    ('sessions', '0001_initial', now()),
    ('tracking', '0001_initial', now()),
    ('tracking', '0002_link_versions', now()),
    ('tracking', '0003_sums_by_hour', now()),
    ('tracking', '0004_score_machines', now()),
    ('tracking', '0005_clients_and_countries', now()),
    ('tracking', '0006_cohorts', now()),
    ('tracking', '0007_taggings', now()),
    ('tracking', '0008_keep_events_for_months', now()),
    ('tracking', '0009_recent_campaigns', now()),
    ('tracking', '0010_conversions', now()),
    ('tracking', '0011_refunds', now()),
    ('tracking', '0012_engagement_unchecked', now()),
    ('tracking', '0013_languages', now());
