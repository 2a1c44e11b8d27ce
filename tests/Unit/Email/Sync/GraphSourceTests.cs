using Switchboard.Core.Email;
using Switchboard.Core.Providers;
using Switchboard.Tests.Unit.Email.Tracking;
using Switchboard.Tests.Unit.Providers.Graph;
using Switchboard.Workers.Ingest.Email.Sync;
using Switchboard.Workers.Ingest.Providers.Graph;

namespace Switchboard.Tests.Unit.Email.Sync;

public sealed class GraphSourceTests : IDisposable
{
    private const string Sent = "/me/mailFolders/sentitems/messages";
    private const string Inbox = "/me/mailFolders/inbox/messages";
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly GraphScript _graph = new();
    private readonly GraphSource _source;

    public GraphSourceTests() => _source = new(_graph.Client, _graph.Time);

    private static MailAccount Account { get; } = new(
        GraphScript.Account, Guid.CreateVersion7(), MailProviders.Microsoft, "ann@x.test", true, null, null, Start);

    public void Dispose()
    {
        _graph.Grants.Dispose();
        _graph.Dispose();
    }

    [Fact]
    public async Task A_sync_is_planned_with_one_batch_from_the_first_mail_of_each_folder_to_now()
    {
        _graph.On(Sent, """{"@odata.count":30,"value":[{"id":"a","receivedDateTime":"2026-11-01T00:00:00Z"}]}""");
        _graph.On(Inbox, """{"@odata.count":12,"value":[{"id":"b","receivedDateTime":"2026-11-20T00:00:00Z"}]}""");

        var plan = await _source.PlanAsync(Account, since: null, default);

        plan.Total.ShouldBe(42);
        plan.Cursors.Partitions.Select(partition => partition.Folder).ShouldBe(["sentitems", "sentitems", "inbox", "inbox"]);
        plan.Cursors.Partitions[0].From.ShouldBe(Start);
        plan.Cursors.Partitions[3].To.ShouldBe(_graph.Time.GetUtcNow().AddSeconds(1));
        _graph.Asked.Last().ShouldBe(
            "batch token-1: "
            + Sent + "?$select=receivedDateTime&$filter=receivedDateTime%20lt%202026-11-22T06:00:01Z&$orderby=receivedDateTime%20asc&$top=1&$count=true, "
            + Inbox + "?$select=receivedDateTime&$filter=receivedDateTime%20lt%202026-11-22T06:00:01Z&$orderby=receivedDateTime%20asc&$top=1&$count=true");
    }

    [Fact]
    public async Task A_round_is_one_batch_with_the_next_page_of_each_partition_that_is_not_done()
    {
        _graph.On(Sent, $$"""{"value":[{{Mail("a")}}],"@odata.nextLink":"https://elsewhere.test/graph/v1.0/me/mailFolders/sentitems/messages?$skiptoken=2"}""");
        _graph.On("/next", $$"""{"value":[{{Mail("b")}}]}""");

        var round = await ReadAsync(Partition(GraphPaths.SentItems), Partition(GraphPaths.Inbox) with { IsDone = true }, Partition(GraphPaths.Inbox) with { Next = "/next" });

        round.Failure.ShouldBeNull();
        round.Pages.Select(page => (page.Partition, page.Mails[0].ProviderId, page.Mails[0].IsSent, page.Next)).ShouldBe(
            [(0, "a", true, "/me/mailFolders/sentitems/messages?$skiptoken=2"), (2, "b", false, null)]);
    }

    [Theory]
    [InlineData(410, "syncStateNotFound")]
    [InlineData(400, "BadRequest")]
    public async Task A_link_that_is_not_known_any_more_begins_its_partition_again(int status, string code)
    {
        _graph.On("/old", $$$"""{"error":{"code":"{{{code}}}","message":"The $skiptoken is malformed."}}""", status);
        _graph.On("/next", $$"""{"value":[{{Mail("b")}}]}""");

        var round = await ReadAsync(Partition(GraphPaths.SentItems) with { Next = "/old" }, Partition(GraphPaths.Inbox) with { Next = "/next" });

        round.Pages.Select(page => (page.Partition, page.IsStale)).ShouldBe([(0, true), (1, false)]);
    }

    [Fact]
    public async Task A_first_page_that_is_refused_is_no_stale_link()
    {
        _graph.On(Sent, """{"error":{"code":"BadRequest"}}""", status: 400);

        (await Should.ThrowAsync<ProviderException>(() => ReadAsync(Partition(GraphPaths.SentItems)))).Kind.ShouldBe(FailureKind.Permanent);
    }

    [Fact]
    public async Task The_pages_that_came_are_kept_when_another_one_is_throttled()
    {
        _graph.On(Sent, $$"""{"value":[{{Mail("a")}}]}""");
        _graph.On("/next", """{"error":{"code":"ApplicationThrottled"}}""", status: 429, retryAfter: "5");

        var round = await ReadAsync(Partition(GraphPaths.SentItems), Partition(GraphPaths.Inbox) with { Next = "/next" });

        round.Pages.ShouldHaveSingleItem().Partition.ShouldBe(0);
        round.Failure.ShouldNotBeNull();
        (round.Failure.Kind, round.Failure.RetryAfter).ShouldBe((FailureKind.Throttled, TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task A_mail_that_looks_like_a_delivery_report_is_read_as_it_came_and_no_other_is()
    {
        var mime = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Reports.Failed("gone@x.test", "<offer@example.com>")));
        _graph.On(Inbox, $$"""{"value":[{{Mail("a")}},{{Mail("ndr", "postmaster@x.test")}},{{Mail("gone", "postmaster@x.test")}}]}""");
        _graph.On("/me/messages/ndr/$value", $"\"{mime}\"").On("/me/messages/gone/$value", """{"error":{"code":"ErrorItemNotFound"}}""", status: 404);

        var mails = (await ReadAsync(Partition(GraphPaths.Inbox))).Pages.ShouldHaveSingleItem().Mails;

        mails.Select(mail => mail.Report?.Recipients.Single()).ShouldBe([null, "gone@x.test", null]);
        mails[1].Report!.MessageIds.ShouldBe(["<offer@example.com>"]);
        _graph.Asked.Last().ShouldBe("batch token-1: /me/messages/ndr/$value, /me/messages/gone/$value");
    }

    [Fact]
    public async Task A_report_that_cannot_be_read_now_is_read_with_its_page_later()
    {
        _graph.On(Inbox, $$"""{"value":[{{Mail("ndr", "postmaster@x.test")}}]}""");
        _graph.On("/me/messages/ndr/$value", """{"error":{"code":"ApplicationThrottled"}}""", status: 429, retryAfter: "5");

        (await Should.ThrowAsync<ProviderException>(() => ReadAsync(Partition(GraphPaths.Inbox)))).Kind.ShouldBe(FailureKind.Throttled);
    }

    [Fact]
    public async Task A_mail_without_a_message_id_is_kept_and_a_meetings_answer_is_known_by_its_type()
    {
        _graph.On(Inbox, """
            {"value":[{"@odata.type":"#microsoft.graph.eventMessageResponse","id":"a","from":{"emailAddress":{"address":"ann@x.test"} },
             "bodyPreview":"I will be there","receivedDateTime":"2026-11-01T08:00:00Z"}]}
            """);

        var page = (await ReadAsync(Partition(GraphPaths.Inbox))).Pages.ShouldHaveSingleItem();

        page.Failed.ShouldBeEmpty();
        var mail = page.Mails.ShouldHaveSingleItem();
        (mail.InternetMessageId, mail.Form.Preview).ShouldBe(("", "I will be there"));
        mail.Form.PartTypes.ShouldBe(["text/calendar; method=REPLY"]);
    }

    private Task<SyncRound> ReadAsync(params SyncPartition[] partitions) => _source.ReadAsync(Account, new(partitions), 100, default);

    private static SyncPartition Partition(string folder) => new(folder, Start, Start.AddDays(1));

    private static string Mail(string id, string from = "ann@x.test") => $$"""
        {"id":"{{id}}","internetMessageId":"<{{id}}@x.test>","from":{"emailAddress":{"address":"{{from}}"} },
         "toRecipients":[{"emailAddress":{"address":"ben@x.test"} }],"receivedDateTime":"2026-11-01T08:00:00Z"}
        """;
}
