-- What messages are made from: templates and layouts in Liquid, found by their user's keys, in versions of which one is published.

CREATE TABLE templates (
    id                uuid PRIMARY KEY,
    user_id           uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    -- the user's own name of it
    key               text COLLATE "C" NOT NULL CHECK (key ~ '^[a-z0-9._-]{1,100}$'),
    -- a layout is what templates are put into
    kind              text NOT NULL CHECK (kind IN ('template', 'layout')),
    latest_version    integer NOT NULL CHECK (latest_version > 0),
    -- what is rendered; null while nothing was published
    published_version integer CHECK (published_version <= latest_version),
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    -- GET /api/templates/{key}, what a call renders: WHERE user_id = $1 AND key = $2
    UNIQUE (user_id, key)
);

-- GET /api/templates: WHERE user_id = $1 AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC
CREATE INDEX idx_templates_user ON templates (user_id, created_at DESC, id DESC);

CREATE TABLE template_versions (
    template_id  uuid NOT NULL REFERENCES templates (id) ON DELETE CASCADE,
    version      integer NOT NULL CHECK (version > 0),
    user_id      uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    -- a name of notification_categories; null for the call's own
    category     text,
    -- the key of the layout that it is put into
    layout       text,
    -- [{channel, locale, subject, text, html, whatsapp}] as Core/Notifications/Templates/PublishedTemplate.cs reads it
    variants     jsonb NOT NULL,
    -- how large its sources are, in UTF-8
    source_bytes integer NOT NULL,
    created_at   timestamptz NOT NULL,
    -- when it was published first; null for a draft that never was
    published_at timestamptz,
    PRIMARY KEY (template_id, version)
);

-- which templates have a layout: WHERE user_id = $1 AND layout = $2; how much a user has: SELECT sum(source_bytes) WHERE user_id = $1
CREATE INDEX idx_template_versions_user ON template_versions (user_id, layout) INCLUDE (source_bytes);

-- what is published is there
ALTER TABLE templates
    ADD CONSTRAINT templates_published_version_fkey FOREIGN KEY (id, published_version) REFERENCES template_versions (template_id, version);
