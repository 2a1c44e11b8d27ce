using Switchboard.Workers.Ingest.Providers.Graph;

namespace Switchboard.Tests.Unit.Providers.Graph;

/// <summary>Lets everything pass and counts it.</summary>
internal sealed class OpenGate : IGraphRateLimit
{
    public List<int> Passed { get; } = [];

    public Task<T> PassAsync<T>(Guid account, int requests, Func<CancellationToken, Task<T>> send, CancellationToken cancellationToken)
    {
        Passed.Add(requests);
        return send(cancellationToken);
    }
}
