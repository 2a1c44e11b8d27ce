-- What all seeds are made of. Rows have ten users, of whom the first has three fifths of all; what is random of a row comes from its
-- number and the
-- seed, so that each table is filled by itself and yet fits the others. They are STABLE, or the planner would call those whose types'
-- functions
-- are no better for each row instead of writing them out; OFFSET 0 has it work out once what is used several times.
CREATE FUNCTION pg_temp.u(n bigint, salt int) RETURNS float8 LANGUAGE sql STABLE AS
$$ SELECT (hashint8extended(n, :seed + salt) & 9007199254740991) / 9007199254740992.0::float8 $$;
-- a UUIDv7 of a time
CREATE FUNCTION pg_temp.id_at(ms bigint, kind int, n bigint) RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT overlay(overlay(overlay(md5(kind::text || ':' || n::text || ':' || (:seed)::text)
   PLACING lpad(to_hex(ms), 12, '0') FROM 1 FOR 12) PLACING '7' FROM 13 FOR 1) PLACING '8' FROM 17 FOR 1)::uuid $$;
CREATE FUNCTION pg_temp.at(ms bigint) RETURNS timestamptz LANGUAGE sql STABLE AS
$$ SELECT 'epoch'::timestamptz + ms * interval '1 millisecond' $$;
CREATE FUNCTION pg_temp.user_of(owner int) RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT (:users)[owner] $$;

-- of so many things each owner, 1 to 10, has a row of them
CREATE FUNCTION pg_temp.first_of(owner int, total bigint) RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT CASE WHEN owner = 1 THEN 0 ELSE total * 3 / 5 + (owner - 2) * ((total - total * 3 / 5) / 9) END $$;
CREATE FUNCTION pg_temp.count_of(owner int, total bigint) RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT CASE WHEN owner = 1 THEN total * 3 / 5 ELSE (total - total * 3 / 5) / 9 END $$;
CREATE FUNCTION pg_temp.owned(total bigint, OUT owner int, OUT place bigint, OUT n bigint) RETURNS SETOF record LANGUAGE sql AS
$$ SELECT o, p, pg_temp.first_of(o, total) + p FROM generate_series(1, 10) AS o, generate_series(0, pg_temp.count_of(o,
    total) - 1) AS p $$;
