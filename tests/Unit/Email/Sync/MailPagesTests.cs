using Switchboard.Core.Email;
using Switchboard.Core.Providers;
using Switchboard.Tests.Unit.Providers.Gmail;
using Switchboard.Workers.Ingest.Email.Sync;

namespace Switchboard.Tests.Unit.Email.Sync;

public sealed class MailPagesTests : IDisposable
{
    private readonly GmailScript _gmail = new();

    public void Dispose() => _gmail.Dispose();

    [Fact]
    public async Task History_is_read_page_by_page_and_each_page_is_safe_up_to_its_last_record()
    {
        _gmail.On("history", """
            {"history":[{"id":"101","messagesAdded":[{"message":{"id":"a","threadId":"t"}}]},
                        {"id":"105","messagesAdded":[{"message":{"id":"b"}},{"message":{"id":"c"}}]}],
             "nextPageToken":"next page","historyId":"130"}
            """);
        _gmail.On("history", """{"history":[{"id":"120","messagesAdded":[{"message":{"id":"d"}}]}],"historyId":"130"}""");

        var pages = await ReadAsync(_gmail.Mailbox(historyId: 100));

        pages.Select(page => (string.Join(',', page.Ids), page.SafeUpTo, page.Since))
            .ShouldBe([("a,b,c", 105, null), ("d", 130, null)]);
        _gmail.Asked.ShouldBe(
        [
            "POST /token",
            "GET history?startHistoryId=100&historyTypes=messageAdded&maxResults=100 token-1",
            "GET history?startHistoryId=100&historyTypes=messageAdded&maxResults=100&pageToken=next%20page token-1",
        ]);
    }

    [Fact]
    public async Task The_next_page_is_not_asked_for_before_the_one_before_is_dealt_with()
    {
        _gmail.On("history", """{"history":[{"id":"101"}],"nextPageToken":"p2","historyId":"130"}""");

        await foreach (var _ in _gmail.Pages.ReadAsync(_gmail.Mailbox(), CancellationToken.None))
            break;

        _gmail.Asked.Count(asked => asked.StartsWith("GET history", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task A_mailbox_with_very_much_mail_makes_way_for_others_after_a_while_and_says_that_there_is_more()
    {
        foreach (var page in Enumerable.Range(1, 5))
            _gmail.On("history", $$"""{"history":[{"id":"{{100 + page}}"}],"nextPageToken":"p{{page}}","historyId":"130"}""");
        var read = new List<MailPage>();

        await foreach (var page in _gmail.Pages.ReadAsync(_gmail.Mailbox(), CancellationToken.None))
        {
            read.Add(page);
            _gmail.Time.Advance(TimeSpan.FromSeconds(new MailboxOptions().RunSeconds / 2.0));
        }

        read.Select(page => (page.SafeUpTo, page.IsLast)).ShouldBe([(101UL, false), (102UL, false)]);
    }

    [Fact]
    public async Task A_history_without_news_moves_on_to_the_present()
    {
        _gmail.On("history", """{"historyId":"130"}""");

        var page = (await ReadAsync(_gmail.Mailbox(historyId: 100))).ShouldHaveSingleItem();

        page.Ids.ShouldBeEmpty();
        page.SafeUpTo.ShouldBe(130UL);
    }

    [Fact]
    public async Task What_is_safe_never_goes_backwards()
    {
        _gmail.On("history", """{"history":[],"nextPageToken":"p2","historyId":"90"}""");
        _gmail.On("history", """{"historyId":"90"}""");

        (await ReadAsync(_gmail.Mailbox(historyId: 100))).ShouldAllBe(page => page.SafeUpTo == 100);
    }

    [Fact]
    public async Task Drafts_sent_mail_spam_and_the_same_message_twice_are_left_out()
    {
        _gmail.On("history", """
            {"history":[{"id":"101","messagesAdded":[
                {"message":{"id":"in","labelIds":["INBOX","UNREAD"]}}, {"message":{"id":"in","labelIds":["INBOX"]}},
                {"message":{"id":"archived","labelIds":["CATEGORY_UPDATES"]}}, {"message":{"id":"to-myself","labelIds":["SENT","INBOX"]}},
                {"message":{"id":"sent","labelIds":["SENT"]}}, {"message":{"id":"draft","labelIds":["DRAFT"]}},
                {"message":{"id":"spam","labelIds":["SPAM"]}}, {"message":{"id":"bin","labelIds":["TRASH","INBOX"]}}]}],
             "historyId":"130"}
            """);

        (await ReadAsync(_gmail.Mailbox())).ShouldHaveSingleItem().Ids.ShouldBe(["in", "archived", "to-myself"]);
    }

    [Fact]
    public async Task Of_a_mailbox_that_is_tracked_sent_mail_is_listed_too()
    {
        _gmail.On("history", """
            {"history":[{"id":"101","messagesAdded":[
                {"message":{"id":"in","labelIds":["INBOX"]}}, {"message":{"id":"sent","labelIds":["SENT"]}},
                {"message":{"id":"draft","labelIds":["DRAFT"]}}, {"message":{"id":"bin","labelIds":["SENT","TRASH"]}}]}],
             "historyId":"130"}
            """);
        var mailbox = _gmail.Mailbox();

        (await ReadAsync(mailbox with { Account = mailbox.Account with { Policy = TrackingPolicy.All } }))
            .ShouldHaveSingleItem().Ids.ShouldBe(["in", "sent"]);
    }

    [Fact]
    public async Task A_history_that_is_too_old_means_a_full_resync_of_the_last_days()
    {
        _gmail.On("history", """{"error":{"code":404,"message":"Requested entity was not found."}}""", status: 404);
        _gmail.On("profile", """{"emailAddress":"demo@example.com","historyId":"77"}""");
        _gmail.On("messages", """{"messages":[{"id":"new"},{"id":"newer"}],"nextPageToken":"p2"}""");
        _gmail.On("messages", """{"messages":[{"id":"old"}]}""");
        var since = _gmail.Time.GetUtcNow().AddDays(-7);

        var pages = await ReadAsync(_gmail.Mailbox(historyId: 100));

        pages.Select(page => (string.Join(',', page.Ids), page.SafeUpTo, page.Since))
            .ShouldBe([("new,newer", (ulong?)null, (DateTimeOffset?)since), ("old", 77, since)]);
        _gmail.Asked.Skip(2).ShouldBe(
        [
            "GET profile token-1",
            $"GET messages?q=after%3A{since.ToUnixTimeSeconds() - 1}&maxResults=100 token-1",
            $"GET messages?q=after%3A{since.ToUnixTimeSeconds() - 1}&maxResults=100&pageToken=p2 token-1",
        ]);
    }

    [Fact]
    public async Task A_mailbox_never_read_begins_with_the_mail_since_it_was_connected()
    {
        var connected = _gmail.Time.GetUtcNow().AddMinutes(-5);
        _gmail.On("profile", """{"historyId":"500"}""").On("messages", "{}");

        var page = (await ReadAsync(_gmail.Mailbox(historyId: null, connected))).ShouldHaveSingleItem();

        page.Ids.ShouldBeEmpty();
        page.SafeUpTo.ShouldBe(500UL);
        page.Since.ShouldBe(connected);
    }

    [Fact]
    public async Task A_failure_in_the_middle_leaves_what_was_safe_before()
    {
        _gmail.On("history", """{"history":[{"id":"105","messagesAdded":[{"message":{"id":"a"}}]}],"nextPageToken":"p2","historyId":"130"}""");
        _gmail.On("history", """{"error":{"code":429,"errors":[{"reason":"rateLimitExceeded"}]}}""", status: 429, retryAfter: "17");
        var safe = new List<ulong?>();

        var failure = await Should.ThrowAsync<ProviderException>(async () =>
        {
            await foreach (var page in _gmail.Pages.ReadAsync(_gmail.Mailbox(historyId: 100), CancellationToken.None))
                safe.Add(page.SafeUpTo);
        });

        safe.ShouldBe([105]);
        failure.Kind.ShouldBe(FailureKind.Throttled);
        failure.Failure.RetryAfter.ShouldBe(TimeSpan.FromSeconds(17));
    }

    private async Task<IReadOnlyList<MailPage>> ReadAsync(GmailAccount mailbox)
    {
        var pages = new List<MailPage>();
        await foreach (var page in _gmail.Pages.ReadAsync(mailbox, CancellationToken.None))
            pages.Add(page);
        return pages;
    }
}
