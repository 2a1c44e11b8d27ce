using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>What the one who configures a pipeline can ask.</summary>
public sealed class ResilienceHandlerContext
{
    private readonly HttpKey _key;

    internal ResilienceHandlerContext(IServiceProvider services, HttpKey key)
    {
        ServiceProvider = services;
        _key = key;
    }

    /// <summary>The host's services.</summary>
    public IServiceProvider ServiceProvider { get; }

    /// <summary>The pipeline's name: that of the client and that of the handler, with a dash between.</summary>
    public string BuilderName => _key.Name;

    /// <summary>Which pipeline of that name; empty unless they are selected by something of the request.</summary>
    public string InstanceName => _key.InstanceName;

    /// <summary>Options by their name, null being the unnamed.</summary>
    public TOptions GetOptions<TOptions>(string? name = null) =>
        ServiceProvider.GetRequiredService<IOptionsMonitor<TOptions>>().Get(name);
}
