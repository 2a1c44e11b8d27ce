using System.Net;
using Switchboard.Core.Providers;
using Switchboard.Workers.Dispatch.Channels;

namespace Switchboard.Tests.Unit.Notifications;

/// <summary>Stands where the network is: answers what the test says, and keeps what was posted.</summary>
/// <typeparam name="TBody">The form in which bodies are kept.</typeparam>
internal abstract class FakeProvider<TBody>
{
    public List<(HttpRequestMessage Request, TBody Body)> Posted { get; } = [];

    /// <summary>The answer to each post; the last one again and again.</summary>
    public Queue<Func<HttpResponseMessage>> Answers { get; } = new();

    public FakeProvider<TBody> Answer(HttpStatusCode status, string body, TimeSpan? retryAfter = null)
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

    public FakeProvider<TBody> Throw(Exception exception)
    {
        Answers.Enqueue(() => throw exception);
        return this;
    }

    /// <summary>The network, as a client's last handler.</summary>
    public HttpMessageHandler Network() => new Handler(this);

    protected abstract TBody Read(byte[] body);

    private HttpResponseMessage Take(HttpRequestMessage request, byte[] body)
    {
        Posted.Add((request, Read(body)));
        return (Answers.Count > 1 ? Answers.Dequeue() : Answers.Peek())();
    }

    private sealed class Handler(FakeProvider<TBody> owner) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            owner.Take(request, await request.Content!.ReadAsByteArrayAsync(cancellationToken));
    }
}

internal static class SendResultAssertions
{
    /// <summary>The failure that the result is, of this kind.</summary>
    public static ProviderFailure ShouldFail(this SendResult result, FailureKind kind)
    {
        var failure = result.ShouldBeOfType<SendResult.Failed>().Failure;
        failure.Kind.ShouldBe(kind, failure.Error);
        return failure;
    }
}
