using System.Diagnostics;
using System.Net.Sockets;
using Polly;
using Polly.Retry;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Aspire.RabbitMQ.Client;

/// <summary>Makes the connection, again after 1, 2, 4, … seconds while the broker can't be reached.</summary>
internal static class RabbitMQConnector
{
    public const string ActivitySourceName = "Aspire.RabbitMQ.Client";

    private static readonly ActivitySource Activities = new(ActivitySourceName);

    // A singleton can't be made asynchronously: whoever asks first waits.
    public static IConnection Connect(IConnectionFactory factory, int maxRetries)
    {
        using var activity = Start("rabbitmq connect", factory.Uri);
        return Pipeline(maxRetries).ExecuteAsync(static (f, ct) => AttemptAsync(f, ct), factory).AsTask().GetAwaiter().GetResult();
    }

    private static ResiliencePipeline Pipeline(int maxRetries) => maxRetries <= 0
        ? ResiliencePipeline.Empty
        : new ResiliencePipelineBuilder()
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<SocketException>().Handle<BrokerUnreachableException>(),
                BackoffType = DelayBackoffType.Exponential,
                MaxRetryAttempts = maxRetries,
                Delay = TimeSpan.FromSeconds(1),
            })
            .Build();

    private static async ValueTask<IConnection> AttemptAsync(IConnectionFactory factory, CancellationToken cancellationToken)
    {
        using var activity = Start("rabbitmq connect attempt", factory.Uri)?.AddTag("messaging.operation", "connect");
        try
        {
            return await factory.CreateConnectionAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            activity?.AddTag("exception.message", e.Message);
            activity?.AddTag("exception.stacktrace", e.ToString());
            activity?.AddTag("exception.type", e.GetType().FullName);
            activity?.SetStatus(ActivityStatusCode.Error);
            throw;
        }
    }

    private static Activity? Start(string name, Uri address) => Activities.StartActivity(name, ActivityKind.Client)
        ?.AddTag("server.address", address.Host)
        .AddTag("server.port", address.Port)
        .AddTag("messaging.system", "rabbitmq");
}
