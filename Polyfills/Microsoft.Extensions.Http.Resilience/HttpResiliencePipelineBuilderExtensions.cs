using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>Chooses between pipelines of one name.</summary>
public static class HttpResiliencePipelineBuilderExtensions
{
    /// <summary>A pipeline for each scheme, host and port: what fails at one opens no circuit of another.</summary>
    public static IHttpResiliencePipelineBuilder SelectPipelineByAuthority(this IHttpResiliencePipelineBuilder builder) =>
        builder.SelectPipelineBy(_ => new AuthorityKeys().Of);

    /// <summary>A pipeline for each key that the selector answers.</summary>
    public static IHttpResiliencePipelineBuilder SelectPipelineBy(
        this IHttpResiliencePipelineBuilder builder, Func<IServiceProvider, Func<HttpRequestMessage, string>> selectorFactory)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(selectorFactory);
        builder.Services.SelectPipelineBy(builder.PipelineName, selectorFactory);
        return builder;
    }

    internal static void SelectPipelineBy(
        this IServiceCollection services, string name, Func<IServiceProvider, Func<HttpRequestMessage, string>> selectorFactory) =>
        services.AddOptions<PipelineKeyOptions>(name)
            .Configure<IServiceProvider>((options, sp) => options.KeyProvider = selectorFactory(sp));
}
