"""A campaign in several languages: each a draft with words of its own, for whoever reads that language.

The rest is the campaign's: whom it goes to, who it is from, its brand, when it goes. Its own language is for everybody
else. Languages come and go while it is a draft; a new version of a paused campaign keeps those it was launched in.
"""
