using System.IO.Pipelines;
using System.Net;
using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Providers;
using Switchboard.Workers.Ingest.Providers.Gmail;

namespace Switchboard.Tests.Unit.Providers;

public sealed class ProviderCallsTests
{
    [Fact(Timeout = 120_000)]
    public async Task An_answer_that_does_not_come_to_its_end_is_given_up()
    {
        var time = new FakeTimeProvider();
        var body = new Pipe();

        var call = AskAsync(new StreamContent(body.Reader.AsStream()), 200, time);
        while (!call.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        (await Should.ThrowAsync<ProviderException>(call)).Kind.ShouldBe(FailureKind.UnknownOutcome);
    }

    [Theory]
    [InlineData("""{"error":{"code":403,"message":"m","errors":[{"domain":"usage"},{"reason":"rateLimitExceeded"}]}}""", "rateLimitExceeded m")]
    [InlineData("""{"error":{"code":400,"message":"m","status":"INVALID","details":[{"reason":"API_KEY_INVALID"}]}}""", "API_KEY_INVALID m")]
    [InlineData("""{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT"}}""", "INVALID_ARGUMENT m")]
    [InlineData("""{"error":{"code":"ErrorItemNotFound","message":"m"}}""", "ErrorItemNotFound m")]
    [InlineData("""{"error":"invalid_grant","error_description":"m"}""", "invalid_grant m")]
    [InlineData("""{"error":[1]}""", """ {"error":[1]}""")]
    [InlineData("<html>", " <html>")]
    [InlineData("", " ")]
    public async Task Error_answers_of_all_kinds_say_their_code_and_what_it_means(string body, string told)
    {
        var reason = await Should.ThrowAsync<ProviderException>(AskAsync(new StringContent(body), 400, TimeProvider.System));

        reason.Message.ShouldBe(told);
    }

    [Fact]
    public async Task A_long_error_is_cut_and_never_within_a_letter()
    {
        var body = new StringContent($$$"""{"error":{"message":"{{{new string('x', 499)}}}🦊🦊"}}""");

        var reason = await Should.ThrowAsync<ProviderException>(AskAsync(body, 400, TimeProvider.System));

        reason.Message.ShouldBe($" {new string('x', 499)}…");
    }

    private static async Task AskAsync(HttpContent content, int status, TimeProvider timeProvider)
    {
        using var http = new HttpClient(new Network(() => new((HttpStatusCode)status) { Content = content }));
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://provider.test/");
        var calls = new ProviderCalls(
            "The provider", http, TimeSpan.FromSeconds(5), timeProvider, (_, code, message, _) => new(FailureKind.Permanent, $"{code} {message}"));
        await calls.SendAsync(request, GmailJson.Default.GmailProfile, default);
    }

    private sealed class Network(Func<HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(answer());
    }
}
