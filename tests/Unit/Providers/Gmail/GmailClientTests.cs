using System.Buffers.Text;
using System.Text;
using Switchboard.Core.Providers;
using Switchboard.Tests.Unit.Email.Tracking;
using Switchboard.Workers.Ingest.Email.Tracking;
using Switchboard.Workers.Ingest.Providers.Gmail;

namespace Switchboard.Tests.Unit.Providers.Gmail;

public sealed class GmailClientTests : IDisposable
{
    private readonly GmailScript _gmail = new();

    public void Dispose() => _gmail.Dispose();

    [Fact]
    public async Task A_token_is_had_once_and_used_again()
    {
        _gmail.On("profile", """{"historyId":"1"}""").On("profile", """{"historyId":"2"}""");
        var mailbox = _gmail.Mailbox().Account;

        await _gmail.Client.CurrentHistoryIdAsync(mailbox, CancellationToken.None);
        (await _gmail.Client.CurrentHistoryIdAsync(mailbox, CancellationToken.None)).ShouldBe(2UL);

        _gmail.Asked.ShouldBe(["POST /token", "GET profile token-1", "GET profile token-1"]);
    }

    [Fact]
    public async Task A_history_id_is_unsigned_wherever_it_stands()
    {
        const string highest = "18446744073709551615";
        _gmail.On("profile", $$"""{"historyId":"{{highest}}"}""")
            .On($"history?startHistoryId={highest}", $$"""{"historyId":"{{highest}}","history":[{"id":"{{highest}}"}]}""");
        var mailbox = _gmail.Mailbox().Account;

        (await _gmail.Client.CurrentHistoryIdAsync(mailbox, CancellationToken.None)).ShouldBe(ulong.MaxValue);
        var page = await _gmail.Client.HistoryAsync(mailbox, ulong.MaxValue, null, CancellationToken.None);

        (page.HistoryId, page.History!.ShouldHaveSingleItem().Id).ShouldBe((ulong.MaxValue, ulong.MaxValue));
    }

    [Fact]
    public async Task A_token_that_is_not_taken_is_renewed_once()
    {
        _gmail.On("profile", "{}", status: 401).On("profile", """{"historyId":"7"}""");

        (await _gmail.Client.CurrentHistoryIdAsync(_gmail.Mailbox().Account, CancellationToken.None)).ShouldBe(7UL);

        _gmail.Asked.ShouldBe(["POST /token", "GET profile token-1", "POST /token", "GET profile token-2"]);
    }

    [Fact]
    public async Task When_the_new_one_is_not_taken_either_it_is_a_failure()
    {
        _gmail.On("profile", "{}", status: 401).On("profile", "{}", status: 401);

        (await FailureAsync()).Kind.ShouldBe(FailureKind.Unauthorized);
    }

    [Fact]
    public async Task A_mail_that_looks_like_a_delivery_report_is_read_as_it_came_and_no_other_is()
    {
        var raw = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Reports.Failed("gone@x.test", "<offer@example.com>")));
        _gmail.On("messages/ndr?format=raw", $$"""{"id":"ndr","raw":"{{raw}}"}""").On("messages/gone?format=raw", "{}", status: 404);
        var mailbox = _gmail.Mailbox().Account;
        var mail = new MailEnvelope("ndr", "<n@x.test>", null, false, "mailer-daemon@googlemail.com", [], "Notification", _gmail.Time.GetUtcNow(), [], []);

        (await ReadAsync(mail)).Report.ShouldNotBeNull().Recipients.ShouldBe(["gone@x.test"]);
        (await ReadAsync(mail with { ProviderId = "gone" })).Report.ShouldBeNull();
        (await ReadAsync(mail with { ProviderId = "reply", From = "ann@x.test" })).Report.ShouldBeNull();

        _gmail.Asked.ShouldBe(["POST /token", "GET messages/ndr?format=raw token-1", "GET messages/gone?format=raw token-1"]);

        Task<MailEnvelope> ReadAsync(MailEnvelope envelope) => _gmail.Client.WithReportAsync(mailbox, envelope, CancellationToken.None);
    }

    [Theory]
    [InlineData(400, """{"error":"invalid_grant","error_description":"Token has been expired or revoked."}""", "GrantRevoked")]
    [InlineData(401, """{"error":"invalid_client"}""", "Unauthorized")]
    [InlineData(503, "<html>busy</html>", "Transient")]
    public async Task A_token_that_is_not_to_be_had_says_why(int status, string body, string failure)
    {
        _gmail.On("/token", body, status).On("/token", body, status);

        (await FailureAsync()).Kind.ToString().ShouldBe(failure);
    }

    [Fact]
    public async Task A_refresh_token_that_cannot_be_decrypted_is_no_reason_to_try_again()
    {
        _gmail.On("profile", "{}");
        _gmail.Grants.StoredBytes = new byte[64];

        (await FailureAsync()).Kind.ShouldBe(FailureKind.Permanent);
    }

    [Theory]
    [InlineData(403, """{"error":{"code":403,"message":"Slow down","errors":[{"reason":"userRateLimitExceeded"}]}}""", "Throttled")]
    [InlineData(403, """{"error":{"code":403,"message":"Insufficient Permission","errors":[{"reason":"insufficientPermissions"}]}}""", "Permanent")]
    [InlineData(429, "", "Throttled")]
    [InlineData(400, """{"error":{"code":400,"message":"Invalid","status":"INVALID_ARGUMENT"}}""", "Permanent")]
    [InlineData(404, "{}", "NotFound")]
    [InlineData(500, "oops", "Transient")]
    [InlineData(200, "not json", "Transient")]
    [InlineData(200, "{}", "Transient")]
    [InlineData(200, """{"historyId":"no number"}""", "Transient")]
    public async Task An_answer_is_sorted_by_what_can_be_done_about_it(int status, string body, string failure)
    {
        _gmail.On("profile", body, status);

        (await FailureAsync()).Kind.ToString().ShouldBe(failure);
    }

    [Fact]
    public async Task A_watch_tells_until_when_it_holds()
    {
        _gmail.On("watch", """{"historyId":"1","expiration":"1772438400000"}""");

        (await _gmail.Client.WatchAsync(_gmail.Mailbox().Account, "projects/p/topics/t", CancellationToken.None))
            .ShouldBe(new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero));
    }

    private Task<ProviderException> FailureAsync() =>
        Should.ThrowAsync<ProviderException>(() => _gmail.Client.CurrentHistoryIdAsync(_gmail.Mailbox().Account, CancellationToken.None));
}
