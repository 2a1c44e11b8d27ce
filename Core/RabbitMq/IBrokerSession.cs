namespace Switchboard.Core.RabbitMq;

/// <summary>What lives and dies with one connection to the broker.</summary>
internal interface IBrokerSession : IAsyncDisposable
{
    /// <summary>Completes when the session can no longer do its work and the connection has to be made anew.</summary>
    Task Lost { get; }
}
