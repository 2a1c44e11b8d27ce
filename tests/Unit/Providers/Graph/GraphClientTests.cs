using Switchboard.Core.Providers;
using Switchboard.Workers.Ingest.Email.Tracking;
using Switchboard.Workers.Ingest.Providers.Graph;

namespace Switchboard.Tests.Unit.Providers.Graph;

public sealed class GraphClientTests : IDisposable
{
    private const string Mail =
        """
        {"id":"ID","internetMessageId":"<ID@x.test>","subject":"s","from":{"emailAddress":{"address":"ann@x.test"}},
         "receivedDateTime":"2026-11-20T08:00:00Z"}
        """;

    private readonly GraphScript _graph = new();

    public void Dispose()
    {
        _graph.Grants.Dispose();
        _graph.Dispose();
    }

    [Fact]
    public async Task Answers_that_come_in_any_order_are_those_of_their_calls()
    {
        foreach (var id in "abcdefghijkl")
            _graph.On($"/me/messages/{id}", $$"""{"id":"{{id}}"}""");

        var answers = await BatchAsync([.. "abcdefghijkl".Select(id => $"/me/messages/{id}")]);

        string.Concat(answers.Select(answer => answer.Read().Id)).ShouldBe("abcdefghijkl");
        _graph.Gate.Passed.ShouldBe([12]);
    }

    [Fact]
    public async Task A_call_that_is_throttled_says_until_when_and_keeps_no_other_from_its_answer()
    {
        _graph.On("/a", """{"id":"a"}""");
        _graph.On("/b", """{"error":{"code":"ApplicationThrottled","message":"Slow down"}}""", status: 429, retryAfter: "17");
        _graph.On("/c", """{"error":{"code":"ErrorServerBusy","message":"Busy"}}""", status: 503, retryAfter: "3");
        _graph.On("/d", """{"error":{"code":"FailedDependency"}}""", status: 424);
        _graph.On("/e", "\"an answer that is no JSON comes as text\"", status: 502);

        var answers = await BatchAsync("/a", "/b", "/c", "/d", "/e");

        answers[0].Read().Id.ShouldBe("a");
        answers.Skip(1).Select(answer => (answer.Failure!.Kind, answer.Failure.RetryAfter?.TotalSeconds)).ShouldBe(
        [
            (FailureKind.Throttled, 17), (FailureKind.Transient, 3), (FailureKind.Transient, null), (FailureKind.UnknownOutcome, null),
        ]);
        answers[1].Failure!.Error.ShouldBe("Graph answered 429 ApplicationThrottled: Slow down");
    }

    [Fact]
    public async Task A_batch_that_is_throttled_as_a_whole_says_until_when()
    {
        _graph.OnBatch("""{"error":{"code":"TooManyRequests","message":"Slow down"}}""", status: 429, retryAfter: "Sun, 22 Nov 2026 06:02:00 GMT");

        var reason = await Should.ThrowAsync<ProviderException>(() => BatchAsync("/a"));

        reason.Kind.ShouldBe(FailureKind.Throttled);
        reason.Failure.RetryAfter.ShouldBe(TimeSpan.FromMinutes(2));
    }

    [Theory]
    [InlineData(404, "ErrorItemNotFound", "NotFound")]
    [InlineData(410, "syncStateNotFound", "StalePosition")]
    [InlineData(400, "SyncStateInvalid", "StalePosition")]
    [InlineData(400, "BadRequest", "Permanent")]
    [InlineData(403, "ErrorAccessDenied", "Permanent")]
    [InlineData(500, "ErrorInternalServerError", "Transient")]
    public async Task What_a_call_is_refused_for_is_sorted_by_what_can_be_done_about_it(int status, string code, string failure)
    {
        _graph.On("/a", $$$"""{"error":{"code":"{{{code}}}"}}""", status);

        (await BatchAsync("/a"))[0].Failure!.Kind.ToString().ShouldBe(failure);
    }

    [Theory]
    [InlineData("""{"responses":[]}""")]
    [InlineData("""{"responses":[{"id":"0","status":200,"body":[]}]}""")]
    [InlineData("""{"responses":[{"id":"0","status":200}]}""")]
    public async Task A_call_that_is_not_answered_has_failed(string answer)
    {
        _graph.OnBatch(answer);

        (await BatchAsync("/a"))[0].Failure.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("""{"responses":[{"id":"0","status":200,"body":{"id":"a" """)]
    [InlineData("null")]
    public async Task An_answer_that_makes_no_sense_is_one_that_did_not_come(string answer)
    {
        _graph.OnBatch(answer);

        (await Should.ThrowAsync<ProviderException>(() => BatchAsync("/a"))).Kind.ShouldBe(FailureKind.Transient);
    }

    [Fact]
    public async Task A_broken_mail_fails_alone_with_its_reason()
    {
        _graph.On("/page", $$$$"""
            {"@odata.count":7,"value":[
              {{{{Mail.Replace("ID", "good-1", StringComparison.Ordinal)}}}},
              {"id":"no-id","subject":"broken","categories":[]},
              {"id":"no-time","internetMessageId":"<no-time@x.test>","from":{"emailAddress":{"address":"a@x.test"}}},
              {"id":"no-sender","internetMessageId":"<no-sender@x.test>","receivedDateTime":"2026-11-20T08:00:00Z"},
              {"subject":{"not":"a text"},"toRecipients":[{}],"id":"odd"},
              7,
              {{{{Mail.Replace("ID", "good-2", StringComparison.Ordinal)}}}}],
             "@odata.nextLink":"https://graph.test/base/v1.0/me/messages?$skiptoken=x"}
            """);
        var page = (await BatchAsync("/page"))[0].Read();
        var (mails, failed) = (new List<MailEnvelope>(), new List<FailedMail>());

        GraphMails.Read(page.Value!, _ => false, mails, failed);

        mails.Select(mail => mail.ProviderId).ShouldBe(["good-1", "good-2"]);
        failed.Select(mail => mail.ProviderId).ShouldBe(["no-id", "no-time", "no-sender", "odd", ""]);
        failed.Take(3).Select(mail => mail.Error).ShouldBe(["It has no time.", "It has no time.", "It has no sender."]);
        failed[3].Error.ShouldContain("subject");
        GraphPaths.Relative(page.NextLink!).ShouldBe("/me/messages?$skiptoken=x");
    }

    [Fact]
    public void What_was_removed_and_what_is_a_draft_is_no_mail()
    {
        var (mails, failed) = (new List<MailEnvelope>(), new List<FailedMail>());

        GraphMails.Read([new(new() { Id = "a", Removed = new("deleted") }, "a"), new(new() { Id = "b", IsDraft = true }, "b")], _ => true, mails, failed);

        mails.ShouldBeEmpty();
        failed.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_mail_is_read_with_all_whom_it_went_to_and_the_time_that_counts()
    {
        _graph.On("/a", """
            {"id":"a","internetMessageId":"<a@x.test>","conversationId":"c","subject":null,"from":{"emailAddress":{"address":" Ann@X.test "}},
             "toRecipients":[{"emailAddress":{"name":"Ben","address":"ben@y.test"}},{"emailAddress":{"name":"nobody"}}],
             "ccRecipients":[{"emailAddress":{"address":"cid@y.test"}}],"bccRecipients":[{"emailAddress":{"address":"dan@y.test"}}],
             "sentDateTime":"2026-11-20T08:00:00Z","receivedDateTime":"2026-11-20T08:00:05Z","categories":["Red",null],
             "internetMessageHeaders":[{"name":"In-Reply-To","value":"<z@y.test>"},{"name":"X"}]}
            """);
        var failed = new List<FailedMail>();

        var mail = GraphMails.Envelope((await BatchAsync("/a"))[0].Read(), isSent: true, failed).ShouldNotBeNull();

        failed.ShouldBeEmpty();
        mail.From.ShouldBe("Ann@X.test");
        mail.Recipients.ShouldBe(["ben@y.test", "cid@y.test", "dan@y.test"]);
        mail.At.ShouldBe(new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero));
        mail.Categories.ShouldBe(["Red"]);
        mail.Subject.ShouldBe("");
        mail.Headers.ShouldBe([KeyValuePair.Create("In-Reply-To", "<z@y.test>")]);
    }

    private Task<IReadOnlyList<GraphAnswer>> BatchAsync(params string[] urls) =>
        _graph.Client.BatchAsync(GraphScript.Account, [.. urls.Select(url => new GraphCall(url))], default);
}
