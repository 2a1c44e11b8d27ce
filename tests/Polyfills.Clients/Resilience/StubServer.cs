using System.Collections.Concurrent;
using System.Net;

namespace Switchboard.Tests.Polyfills.Clients.Resilience;

/// <summary>The far end of a client: answers as it is told and remembers when it was asked.</summary>
internal sealed class StubServer(TimeProvider time) : HttpMessageHandler
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource> _arrivals = new();
    private readonly DateTimeOffset _start = time.GetUtcNow();
    private readonly ConcurrentQueue<TimeSpan> _askedAt = new();

    public Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> Answer { get; set; } =
        (_, _) => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK));

    /// <summary>When each attempt came, from the start.</summary>
    public IReadOnlyList<TimeSpan> AskedAt => [.. _askedAt];

    public void AnswerWith(HttpStatusCode status, Action<HttpResponseMessage>? configure = null) => Answer = (request, _) =>
    {
        var response = new HttpResponseMessage(status) { RequestMessage = request };
        configure?.Invoke(response);
        return Task.FromResult(response);
    };

    public void NeverAnswer() => Answer = async (_, ct) =>
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, ct);
        throw new InvalidOperationException("A wait without end has ended.");
    };

    /// <summary>Ends when the attempt of this number, from 1, has come.</summary>
    public Task AttemptAsync(int number) => Arrival(number).Task.WaitAsync(TimeSpan.FromSeconds(5));

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _askedAt.Enqueue(time.GetUtcNow() - _start);
        var answer = Answer(request, cancellationToken);
        Arrival(_askedAt.Count).TrySetResult();
        return answer;
    }

    private TaskCompletionSource Arrival(int number) =>
        _arrivals.GetOrAdd(number, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
