using Switchboard.Core.Sms.Media;

namespace Switchboard.Edge.Api.Sms.Enrichments;

internal static class EnrichmentExtensions
{
    /// <summary>What it takes to show items of texts and their files.</summary>
    public static IServiceCollection AddEnrichments(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<MediaLinkOptions>().BindConfiguration("").ValidateDataAnnotations().ValidateOnStart();
        return services.AddMediaStore(configuration).AddSingleton<MediaLinks>();
    }
}
