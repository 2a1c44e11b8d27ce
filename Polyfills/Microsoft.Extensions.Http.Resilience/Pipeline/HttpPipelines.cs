using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Registry;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>The pipelines of a host: each is built once and shared by all handlers that name it, as breakers and limiters must be.</summary>
internal sealed class HttpPipelines : IDisposable
{
    private readonly IServiceProvider _services;
    private readonly ResiliencePipelineRegistry<HttpKey> _registry;

    public HttpPipelines(IServiceProvider services, ILoggerFactory loggers)
    {
        _services = services;
        var log = new ResilienceLog(loggers.CreateLogger("Polly"));
        _registry = new ResiliencePipelineRegistry<HttpKey>(new ResiliencePipelineRegistryOptions<HttpKey>
        {
            BuilderFactory = () => new ResiliencePipelineBuilder
            {
                TimeProvider = services.GetService<TimeProvider>(),
                TelemetryListener = log,
            },
            BuilderComparer = HttpKey.ByName,
            BuilderNameFormatter = key => key.Name,
            InstanceNameFormatter = key => key.InstanceName,
        });
    }

    /// <summary>Which pipeline a request goes through.</summary>
    public Func<HttpRequestMessage, ResiliencePipeline<HttpResponseMessage>> Selector(
        string name, Action<ResiliencePipelineBuilder<HttpResponseMessage>, ResilienceHandlerContext> configure)
    {
        _registry.TryAddBuilder<HttpResponseMessage>(
            new HttpKey(name, ""),
            (builder, context) => configure(builder, new ResilienceHandlerContext(_services, context.PipelineKey)));

        if (_services.GetRequiredService<IOptionsMonitor<PipelineKeyOptions>>().Get(name).KeyProvider is { } keyOf)
            return request => _registry.GetPipeline<HttpResponseMessage>(new HttpKey(name, keyOf(request)));

        var only = _registry.GetPipeline<HttpResponseMessage>(new HttpKey(name, ""));
        return _ => only;
    }

    public void Dispose() => _registry.Dispose();
}
