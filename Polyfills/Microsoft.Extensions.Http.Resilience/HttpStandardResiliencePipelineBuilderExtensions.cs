using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>Configures a standard pipeline.</summary>
public static class HttpStandardResiliencePipelineBuilderExtensions
{
    /// <summary>Binds the options to a section; a key that they don't have is an error.</summary>
    /// <exception cref="ArgumentException">The section is empty.</exception>
    public static IHttpStandardResiliencePipelineBuilder Configure(
        this IHttpStandardResiliencePipelineBuilder builder, IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(section);
        if (!section.GetChildren().Any())
            throw new ArgumentException("Configuration section cannot be empty.", nameof(section));

        builder.Services.Configure<HttpStandardResilienceOptions>(
            builder.PipelineName, section, o => o.ErrorOnUnknownConfiguration = true);
        return builder;
    }

    /// <summary>Sets the options.</summary>
    public static IHttpStandardResiliencePipelineBuilder Configure(
        this IHttpStandardResiliencePipelineBuilder builder, Action<HttpStandardResilienceOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return builder.Configure((options, _) => configure(options));
    }

    /// <summary>Sets the options with what the host's services say.</summary>
    public static IHttpStandardResiliencePipelineBuilder Configure(
        this IHttpStandardResiliencePipelineBuilder builder, Action<HttpStandardResilienceOptions, IServiceProvider> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.AddOptions<HttpStandardResilienceOptions>(builder.PipelineName).Configure(configure);
        return builder;
    }

    /// <inheritdoc cref="HttpResiliencePipelineBuilderExtensions.SelectPipelineByAuthority(IHttpResiliencePipelineBuilder)" />
    public static IHttpStandardResiliencePipelineBuilder SelectPipelineByAuthority(this IHttpStandardResiliencePipelineBuilder builder) =>
        builder.SelectPipelineBy(_ => new AuthorityKeys().Of);

    /// <inheritdoc cref="HttpResiliencePipelineBuilderExtensions.SelectPipelineBy(IHttpResiliencePipelineBuilder, Func{IServiceProvider, Func{HttpRequestMessage, string}})" />
    public static IHttpStandardResiliencePipelineBuilder SelectPipelineBy(
        this IHttpStandardResiliencePipelineBuilder builder, Func<IServiceProvider, Func<HttpRequestMessage, string>> selectorFactory)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(selectorFactory);
        builder.Services.SelectPipelineBy(builder.PipelineName, selectorFactory);
        return builder;
    }
}
