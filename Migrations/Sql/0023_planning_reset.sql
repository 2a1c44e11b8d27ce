-- Statements are planned by the costs of the server: what 0005 set for the whole database goes. A statement that needs another plan says so
-- itself, by SET LOCAL in its transaction.
DO $$
BEGIN
    EXECUTE format('ALTER DATABASE %I RESET random_page_cost', current_database());
END
$$;
