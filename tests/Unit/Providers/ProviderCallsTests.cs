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
    [InlineData("""{"error":"\ud800"}""", """ {"error":"\ud800"}""")]
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

    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    public async Task A_server_that_does_not_stop_answering_is_read_no_further_than_an_answer_can_be(int status)
    {
        var body = new EndlessAnswer();

        await Should.ThrowAsync<ProviderException>(AskAsync(new StreamContent(body), status, TimeProvider.System, largestAnswer: 1024 * 1024));

        body.Position.ShouldBeLessThan(2 * 1024 * 1024);
    }

    private static async Task AskAsync(HttpContent content, int status, TimeProvider timeProvider, int? largestAnswer = null)
    {
        using var http = new HttpClient(new Network(() => new((HttpStatusCode)status) { Content = content }));
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://provider.test/");
        var calls = new ProviderCalls(
            "The provider", http, TimeSpan.FromSeconds(5), timeProvider, (_, code, message, _) => new(FailureKind.Permanent, $"{code} {message}"),
            largestAnswer);
        await calls.SendAsync(request, GmailJson.Default.GmailProfile, default);
    }

    private sealed class Network(Func<HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(answer());
    }

    // a JSON text without an end
    private sealed class EndlessAnswer : Stream
    {
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _position;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            // far beyond what any answer has, so that the test ends where nothing else ends the reading
            if (_position > 64 * 1024 * 1024)
                return 0;
            buffer.Fill((byte)'x');
            if (_position == 0)
                "{\"emailAddress\":\""u8.CopyTo(buffer);
            _position += buffer.Length;
            return buffer.Length;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
