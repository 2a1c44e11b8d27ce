using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts resilience pipelines between a client and the network.</summary>
public static partial class ResilienceHttpClientBuilderExtensions
{
    /// <summary>Adds a pipeline.</summary>
    /// <param name="builder">The client.</param>
    /// <param name="pipelineName">Tells this pipeline from others of the client.</param>
    /// <param name="configure">Called when the pipeline is built.</param>
    public static IHttpResiliencePipelineBuilder AddResilienceHandler(
        this IHttpClientBuilder builder, string pipelineName, Action<ResiliencePipelineBuilder<HttpResponseMessage>> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return builder.AddResilienceHandler(pipelineName, (pipeline, _) => configure(pipeline));
    }

    /// <inheritdoc cref="AddResilienceHandler(IHttpClientBuilder, string, Action{ResiliencePipelineBuilder{HttpResponseMessage}})" />
    public static IHttpResiliencePipelineBuilder AddResilienceHandler(
        this IHttpClientBuilder builder,
        string pipelineName,
        Action<ResiliencePipelineBuilder<HttpResponseMessage>, ResilienceHandlerContext> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(pipelineName);
        ArgumentNullException.ThrowIfNull(configure);

        var name = PipelineName(builder, pipelineName);
        builder.Services.TryAddSingleton<HttpPipelines>();
        builder.AddHttpMessageHandler(
            sp => new ResilienceHandler(sp.GetRequiredService<HttpPipelines>().Selector(name, configure)));
        return new PipelineBuilder(name, builder.Services);
    }

    /// <summary>Takes away every resilience handler that was added to the client, or to all clients, before.</summary>
    [Experimental("EXTEXP0001")]
    public static IHttpClientBuilder RemoveAllResilienceHandlers(this IHttpClientBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.ConfigureAdditionalHttpMessageHandlers(static (handlers, _) =>
        {
            for (var i = handlers.Count - 1; i >= 0; i--)
                if (handlers[i] is ResilienceHandler)
                    handlers.RemoveAt(i);
        });
    }

    private static string PipelineName(IHttpClientBuilder builder, string pipelineName) => $"{builder.Name}-{pipelineName}";

    private sealed record PipelineBuilder(string PipelineName, IServiceCollection Services)
        : IHttpResiliencePipelineBuilder, IHttpStandardResiliencePipelineBuilder;
}
