namespace Aspire.RabbitMQ.Client;

/// <summary>
/// How a process reaches its broker. Bound from <c>Aspire:RabbitMQ:Client</c> and <c>Aspire:RabbitMQ:Client:{connectionName}</c>.
/// </summary>
public sealed class RabbitMQClientSettings
{
    /// <summary>The AMQP URI; <c>ConnectionStrings:{connectionName}</c> wins over a bound one.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>How often a connection that can't be made is tried again, after 1, 2, 4, … seconds. 0: never. Default: 5.</summary>
    public int MaxConnectRetryCount { get; set; } = 5;

    /// <summary>True: no health check <c>RabbitMQ.Client</c>.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>True: no subscription to the activities of the client.</summary>
    public bool DisableTracing { get; set; }

    /// <summary>False: connects while the host starts rather than on first use. Default: true.</summary>
    public bool DisableAutoActivation { get; set; } = true;
}
