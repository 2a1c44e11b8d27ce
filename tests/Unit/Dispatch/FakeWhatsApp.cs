using System.Net;
using System.Text.Json;

namespace Switchboard.Tests.Unit.Dispatch;

/// <summary>Stands where the network is: answers what the test says, and keeps what was posted.</summary>
internal sealed class FakeWhatsApp
{
    public const string Taken = """{"messaging_product":"whatsapp","contacts":[{"input":"+1","wa_id":"1"}],"messages":[{"id":"wamid.1"}]}""";

    public List<(HttpRequestMessage Request, JsonElement Body)> Posted { get; } = [];

    /// <summary>The answer to each post; the last one again and again.</summary>
    public Queue<Func<HttpResponseMessage>> Answers { get; } = new();

    public FakeWhatsApp Answer(HttpStatusCode status, string body, TimeSpan? retryAfter = null)
    {
        Answers.Enqueue(() =>
        {
            var response = new HttpResponseMessage(status) { Content = new StringContent(body) };
            if (retryAfter is { } after)
                response.Headers.RetryAfter = new(after);
            return response;
        });
        return this;
    }

    public FakeWhatsApp Error(HttpStatusCode status, int code, string message = "told") =>
        Answer(status, $$$"""{"error":{"message":"{{{message}}}","type":"OAuthException","code":{{{code}}},"fbtrace_id":"x"}}""");

    public FakeWhatsApp Throw(Exception exception)
    {
        Answers.Enqueue(() => throw exception);
        return this;
    }

    /// <summary>The network, as a client's last handler.</summary>
    public HttpMessageHandler Network() => new Handler(this);

    private HttpResponseMessage Take(HttpRequestMessage request, byte[] body)
    {
        Posted.Add((request, JsonDocument.Parse(body).RootElement));
        return (Answers.Count > 1 ? Answers.Dequeue() : Answers.Peek())();
    }

    private sealed class Handler(FakeWhatsApp owner) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            owner.Take(request, await request.Content!.ReadAsByteArrayAsync(cancellationToken));
    }
}
