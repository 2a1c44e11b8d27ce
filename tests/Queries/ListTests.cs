using Switchboard.Core.Postgres;
using Switchboard.Edge.Api.Email.Tracking;

namespace Switchboard.Tests.Queries;

/// <summary>Lists by the function, by the plain statement, and as they are worked out from all mails here.</summary>
public sealed class ListTests(SeededDatabase seeded)
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(12)]
    public async Task The_function_and_the_plain_statement_give_the_same_mails_whatever_is_asked(int accounts)
    {
        var dice = new Random(accounts);
        for (var round = 0; round < 60; round++)
        {
            var some = await seeded.OwnedAsync([.. Enumerable.Range(0, accounts).Select(_ => seeded.Accounts[dice.Next(10, 50)])]);
            var query = ListQueries.Any(dice, some);

            var fast = await SelectTrackedEmails.ExecuteAsync(seeded.DataSource, seeded.Queries, query, default);
            var plain = await ScanTrackedEmails.ExecuteAsync(seeded.DataSource, seeded.Queries, query, default);

            TrackedEmailPart.Difference(plain, fast).ShouldBeNull($"round {round}: {query}");
        }
    }

    [Theory]
    [InlineData("invo q3", 5)]
    [InlineData("zebra", 0)]
    [InlineData("training", 30)]
    [InlineData("zürich", 8)]
    public async Task A_search_finds_the_mails_whose_subjects_have_words_that_begin_so(string search, int rank)
    {
        var all = await AllAsync(seeded.Accounts[rank]);
        var words = search.Split(' ');
        var expected = all
            .Where(mail => words.All(word => mail.Subject.ToLowerInvariant().Split(' ', '#', '/').Any(one => one.StartsWith(word, StringComparison.Ordinal))))
            .OrderByDescending(mail => mail.SentAt).ThenByDescending(mail => mail.Id.ToString("N"), StringComparer.Ordinal).Select(mail => mail.Id).Take(40);

        var found = await FoundAsync(ListQueries.Of(await seeded.OwnedAsync(seeded.Accounts[rank]), take: 40) with { Search = search });

        found.ShouldNotBeEmpty();
        found.ShouldBe(expected);
    }

    [Theory]
    [InlineData("person1@domain1.test", 0)]
    [InlineData("@other3.test", 4)]
    [InlineData("@domain1.test", 20)]
    [InlineData("colleague0@domain1.test", 1)]
    public async Task A_recipient_is_found_wherever_it_stands_and_a_domain_by_any_of_its_people(string recipient, int rank)
    {
        var all = await AllAsync(seeded.Accounts[rank]);
        var expected = all
            .Where(mail => mail.Recipients.Any(one => recipient[0] == '@' ? one.EndsWith(recipient, StringComparison.Ordinal) : one == recipient))
            .OrderBy(mail => mail.SentAt).ThenBy(mail => mail.Id.ToString("N"), StringComparer.Ordinal).Select(mail => mail.Id).Take(40);

        var found = await FoundAsync(
            ListQueries.Of(await seeded.OwnedAsync(seeded.Accounts[rank]), TrackedEmailSort.Oldest, take: 40) with { Recipient = recipient });

        found.ShouldNotBeEmpty();
        found.ShouldBe(expected);
    }

    [Theory]
    [InlineData("%")]
    [InlineData("100%_")]
    [InlineData("' OR '1'='1")]
    [InlineData("\\ \" ):* | & !")]
    public async Task Wildcards_quotes_and_operators_are_nothing_but_text(string search)
    {
        var accounts = await seeded.OwnedAsync(seeded.Accounts[20]);
        var query = ListQueries.Of(accounts, take: 20) with { Search = $"zebra {search} zzz" };

        (await FoundAsync(query)).ShouldBeEmpty();
        TrackedEmailPart.Difference(
            await ScanTrackedEmails.ExecuteAsync(seeded.DataSource, seeded.Queries, query with { Search = $"in{search}" }, default),
            await SelectTrackedEmails.ExecuteAsync(seeded.DataSource, seeded.Queries, query with { Search = $"in{search}" }, default)).ShouldBeNull();
    }

    [Theory]
    [InlineData(TrackedEmailSort.Newest, "active")]
    [InlineData(TrackedEmailSort.Oldest, null)]
    [InlineData(TrackedEmailSort.LastAnswered, null)]
    [InlineData(TrackedEmailSort.FirstAnswered, "responded")]
    public async Task Cursors_lead_through_each_mail_once_also_where_many_have_the_same_time(string sort, string? status)
    {
        var accounts = await seeded.OwnedAsync(seeded.Accounts[35], seeded.Accounts[41], seeded.Accounts[42]);
        // in tens at the same second
        await seeded.DataSource.Command(
            """
            WITH moved AS (
                UPDATE tracked_emails
                SET sent_at = date_bin('6 hours', sent_at, '0001-01-01 00:00Z'), response_at = date_bin('6 hours', response_at, '0001-01-01 00:00Z')
                WHERE account_id = $1
                RETURNING account_id, sent_at)
            INSERT INTO tracked_email_changes AS c (account_id, hour)
            SELECT DISTINCT account_id, sent_at + n * interval '1 hour' FROM moved CROSS JOIN generate_series(0, 5) AS n
            ON CONFLICT (account_id, hour) DO UPDATE SET version = c.version + 1
            """,
            seeded.Accounts[41]).RunAsync(default);
        var query = ListQueries.Of(accounts, sort, take: 37) with { Status = status };
        var visited = new List<Guid>();

        TrackedEmailPart part;
        do
        {
            part = await SelectTrackedEmails.ExecuteAsync(seeded.DataSource, seeded.Queries, query, default);
            visited.AddRange(part.Items.Select(mail => mail.Id));
            if (part.Items.Count > 0)
            {
                var last = part.Items[^1];
                query = query with { AfterAt = TrackedEmailSort.IsByAnswer(sort) ? last.RespondedAt : last.SentAt, AfterId = last.Id };
            }
        }
        while (part.Items.Count > 0);

        var expected = await seeded.DataSource.Command(
            "SELECT id FROM tracked_emails WHERE account_id = ANY ($1) AND ($2::text IS NULL OR status = $2) AND ($3 OR response_at IS NOT NULL)",
            accounts.Ids, status, !TrackedEmailSort.IsByAnswer(sort)).ListAsync(row => row.GetGuid(0), default);
        visited.Count.ShouldBe(expected.Count);
        visited.ShouldBeUnique();
        visited.ShouldBe(expected, ignoreOrder: true);
    }

    [Fact]
    public async Task A_page_is_the_part_that_the_list_has_there_with_the_number_of_all()
    {
        var accounts = await seeded.OwnedAsync(seeded.Accounts[30]);
        var all = await FoundAsync(ListQueries.Of(accounts, take: 10_000) with { Status = "expired" });

        var page = await SelectTrackedEmails.ExecuteAsync(
            seeded.DataSource, seeded.Queries, ListQueries.Of(accounts, take: 20) with { Status = "expired", Skip = 60, CountUpTo = 10_001 }, default);
        var beyond = await SelectTrackedEmails.ExecuteAsync(
            seeded.DataSource, seeded.Queries, ListQueries.Of(accounts, take: 20) with { Status = "expired", Skip = 9_900, CountUpTo = 10_001 }, default);
        var large = await SelectTrackedEmails.ExecuteAsync(
            seeded.DataSource, seeded.Queries, ListQueries.Of(await seeded.OwnedAsync(seeded.Accounts[0])) with { CountUpTo = 10_001 }, default);

        page.Items.Select(mail => mail.Id).ShouldBe(all[60..80]);
        page.Total.ShouldBe(all.Count);
        beyond.Items.ShouldBeEmpty();
        beyond.Total.ShouldBe(all.Count);
        large.Total.ShouldBe(10_001);
    }

    [Fact]
    public async Task What_separates_words_is_the_same_here_and_in_the_database()
    {
        var characters = Enumerable.Range(1, 0xFFFF).Where(code => code is < 0xD800 or > 0xDFFF).Select(code => (char)code).ToArray();
        var separators = await seeded.DataSource.Command(
            "SELECT c FROM unnest($1) AS c WHERE tracked_subject_words('a' || c || 'b') = 'a b'", [characters.Select(one => one.ToString()).ToArray()])
            .ListAsync(row => row.GetString(0)[0], default);

        separators.ShouldBe(SubjectSearch.Punctuation, ignoreOrder: true);
    }

    private async Task<List<Guid>> FoundAsync(TrackedEmailQuery query) =>
        [.. (await SelectTrackedEmails.ExecuteAsync(seeded.DataSource, seeded.Queries, query, default)).Items.Select(mail => mail.Id)];

    private Task<List<TrackedEmailResponse>> AllAsync(Guid accountId) => seeded.DataSource
        .Command($"SELECT {TrackedEmailResponse.Columns} FROM tracked_emails AS t WHERE t.account_id = $1", accountId)
        .ListAsync(TrackedEmailResponse.Read, default);
}
