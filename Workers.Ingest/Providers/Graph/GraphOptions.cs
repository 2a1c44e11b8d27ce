using System.ComponentModel.DataAnnotations;

namespace Switchboard.Workers.Ingest.Providers.Graph;

/// <summary>Section <c>Graph</c>: how to reach Microsoft Graph, and how much of it; as whom is in
/// <see cref="MailProviderOptions"/>.</summary>
internal sealed class GraphOptions : IValidatableObject
{
    public const string Section = "Graph";

    /// <summary>Where the API is; <c>/v1.0/…</c> follows.</summary>
    [Required]
    public Uri ApiBaseUrl { get; set; } = new("https://graph.microsoft.com");

    /// <summary>What notifications must bring with them, so that they are known for Graph's.</summary>
    [StringLength(128)]
    public string ClientState { get; set; } = "";

    /// <summary>The edge as Microsoft calls it; without it mailboxes are only polled.</summary>
    public Uri? PublicBaseUrl { get; set; }

    /// <summary>How many requests a mailbox takes in <see cref="WindowSeconds"/> (Outlook: 10,000 in 10 minutes).</summary>
    [Range(20, 10_000_000)]
    public int RequestsPerWindow { get; set; } = 10_000;

    /// <summary>The length of that window.</summary>
    [Range(1, 86_400)]
    public int WindowSeconds { get; set; } = 600;

    /// <summary>How long a batch waits for the slot of a mailbox before it is put off.</summary>
    [Range(1, 300)]
    public int SlotWaitSeconds { get; set; } = 30;

    /// <summary>How long a batch, or another call, may take; the reading of its answers may take as long again.</summary>
    [Range(1, 300)]
    public int BatchTimeoutSeconds { get; set; } = 60;

    /// <summary>How many mails a page of changes has.</summary>
    [Range(1, 1_000)]
    public int DeltaPageSize { get; set; } = 200;

    /// <summary>For how long a subscription is asked (mail: at most 4,230 minutes).</summary>
    [Range(60, 10_070)]
    public int SubscriptionMinutes { get; set; } = 4_230;

    /// <summary>A subscription is renewed when it ends within so many minutes.</summary>
    [Range(10, 10_000)]
    public int RenewBeforeMinutes { get; set; } = 1_440;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (RenewBeforeMinutes >= SubscriptionMinutes)
            yield return new("Graph:RenewBeforeMinutes must be less than Graph:SubscriptionMinutes.", [nameof(RenewBeforeMinutes)]);
    }
}

/// <summary>Registration of the clients of Microsoft Graph.</summary>
internal static class GraphServices
{
    public static IServiceCollection AddGraph(this IServiceCollection services)
    {
        services.AddOptions<GraphOptions>().BindConfiguration(GraphOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IGraphRateLimit, GraphRateLimit>();
        // the operator names where it is, the simulator among them
        services.AddProviderHttpClient("graph", provider =>
        {
            var options = provider.GetRequiredService<IOptions<GraphOptions>>().Value;
            return new(options.ApiBaseUrl.AbsoluteUri, TimeSpan.FromSeconds(options.BatchTimeoutSeconds), AllowPrivateAddresses: true);
        }).AddTypedClient<GraphClient>();
        services.AddScoped<GraphFolders>();
        return services;
    }
}
