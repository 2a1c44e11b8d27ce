using System.ComponentModel.DataAnnotations;

namespace Switchboard.Simulator.Microsoft;

/// <summary>Options of the section <c>Graph</c>: Microsoft 365 with one application and its limits.</summary>
internal sealed class GraphOptions
{
    public const string Section = "Graph";

    [Required]
    public string ClientId { get; set; } = "demo-graph-client";

    /// <summary>Checked when it is sent; an application of the public kind has none.</summary>
    [Required]
    public string ClientSecret { get; set; } = "demo-graph-secret";

    /// <summary>The tenant that notifications name.</summary>
    public Guid TenantId { get; set; } = new("5c0f2a6e-8d3b-4a51-9e27-1b7d4f60c3a8");

    /// <summary>How long an access token is good for.</summary>
    [Range(1, 86_400)]
    public int AccessTokenSeconds { get; set; } = 3600;

    /// <summary>How many mails demo@example.com has sent.</summary>
    [Range(0, 10_000_000)]
    public int DemoMessages { get; set; } = 200;

    /// <summary>How many requests of the application a mailbox serves at once.</summary>
    [Range(1, 1000)]
    public int MaxConcurrentRequests { get; set; } = 4;

    /// <summary>How many requests a mailbox takes in <see cref="WindowSeconds"/>.</summary>
    [Range(1, 10_000_000)]
    public int MaxRequestsInWindow { get; set; } = 10_000;

    [Range(1, 86_400)]
    public int WindowSeconds { get; set; } = 600;

    /// <summary>How many requests of a batch are served at once.</summary>
    [Range(1, 20)]
    public int BatchConcurrency { get; set; } = 4;

    /// <summary>How long a mailbox takes for a request.</summary>
    [Range(0, 60_000)]
    public int LatencyMilliseconds { get; set; }

    /// <summary>How far ahead a subscription may end: 2 days, 22 hours and 30 minutes.</summary>
    [Range(1, 43_200)]
    public int MaxSubscriptionMinutes { get; set; } = 4230;

    /// <summary>How long changes are gathered before a notification tells of them.</summary>
    [Range(0, 60_000)]
    public int NotificationWindowMilliseconds { get; set; } = 5;

    /// <summary>How many changes a notification tells of at the most.</summary>
    [Range(1, 1000)]
    public int NotificationMaxItems { get; set; } = 100;
}

/// <summary>Microsoft 365 as a mail tracker sees it: the Graph API at <c>/graph/v1.0</c>, notifications to whoever subscribes.</summary>
internal static class GraphEndpoints
{
    public static IServiceCollection AddGraph(this IServiceCollection services)
    {
        services.AddOptions<GraphOptions>().BindConfiguration(GraphOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<GraphLimits>()
            .AddSingleton<GraphMailboxes>()
            .AddSingleton<GraphRouter>()
            .AddSingleton<GraphBatch>()
            .AddSingleton<GraphEndpoint>()
            .AddSingleton<Subscriptions>()
            .AddSingleton<SubscriptionHandshake>()
            .AddSingleton<SubscriptionCalls>()
            .AddSingleton<NotificationDelivery>()
            .AddHostedService(provider => provider.GetRequiredService<NotificationDelivery>())
            .AddSingleton<GraphInbox>();
    }

    public static void MapGraph(this WebApplication app)
    {
        var graph = app.MapGroup("/graph");
        graph.Map("/v1.0/{**path}", app.Services.GetRequiredService<GraphEndpoint>().InvokeAsync);
        graph.MapFallback(context => GraphErrors.UnknownPath(context.Request.Path.Value ?? "").WriteAsync(context));
    }
}
