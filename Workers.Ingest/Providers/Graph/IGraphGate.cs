namespace Switchboard.Workers.Ingest.Providers.Graph;

/// <summary>Keeps the limits of a mailbox. Apart from what keeps them for the tests of what is limited.</summary>
internal interface IGraphGate
{
    /// <summary>Sends a batch when it is its turn.</summary>
    /// <param name="account">Whose mailbox.</param>
    /// <param name="requests">How many requests it has.</param>
    /// <param name="send">Sends it; its token ends the call when the turn is lost.</param>
    /// <param name="cancellation">Ends the wait and the call.</param>
    /// <exception cref="GraphException">The mailbox has had its share, or the batch failed.</exception>
    Task<T> PassAsync<T>(Guid account, int requests, Func<CancellationToken, Task<T>> send, CancellationToken cancellation);
}
