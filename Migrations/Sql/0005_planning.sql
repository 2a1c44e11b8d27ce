-- A plan is made for the values and the size of the tables at hand. A kept one, made when a table was nearly empty, reads the
-- whole of it with each batch until the next ANALYZE; to plan anew costs a batch less than a millisecond.
-- What a batch touches was written moments ago and is in memory: to look a few hundred rows up costs less than to read a table.
DO $$
BEGIN
    EXECUTE format('ALTER DATABASE %I SET plan_cache_mode = force_custom_plan', current_database());
    EXECUTE format('ALTER DATABASE %I SET random_page_cost = 1.1', current_database());
END
$$;
