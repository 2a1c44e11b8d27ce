-- What is asked for was mostly written moments ago and is in memory: to look a few hundred rows up costs less than to read a table.
DO $$
BEGIN
    EXECUTE format('ALTER DATABASE %I SET random_page_cost = 1.1', current_database());
END
$$;
