using System.Collections.Frozen;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace Switchboard.ServiceDefaults.Http;

/// <summary>
/// Where the services are: <c>services:{name}:{scheme}:{i}</c> in the configuration (in the environment
/// <c>services__{name}__{scheme}__{i}</c>), read again when the configuration changes.
/// </summary>
internal sealed class ServiceEndpoints : IDisposable
{
    private readonly IDisposable _reload;
    private volatile FrozenDictionary<string, Uri[]> _instances = FrozenDictionary<string, Uri[]>.Empty;
    private uint _turn;

    public ServiceEndpoints(IConfiguration configuration)
    {
        _instances = Read(configuration);
        _reload = ChangeToken.OnChange(configuration.GetReloadToken, () => _instances = Read(configuration));
    }

    /// <summary>
    /// The address with the next instance's scheme, host and port; null when the host names no service.
    /// A scheme such as <c>https+http</c> takes the first of its parts that the service has.
    /// </summary>
    public Uri? Resolve(Uri uri)
    {
        foreach (var scheme in uri.Scheme.Split('+'))
            if (_instances.TryGetValue(Key(uri.Host, scheme), out var instances))
                return At(uri, instances[Interlocked.Increment(ref _turn) % (uint)instances.Length]);

        return null;
    }

    public void Dispose() => _reload.Dispose();

    private static Uri At(Uri uri, Uri instance) =>
        new UriBuilder(uri) { Scheme = instance.Scheme, Host = instance.Host, Port = instance.Port }.Uri;

    private static FrozenDictionary<string, Uri[]> Read(IConfiguration configuration) => (
        from service in configuration.GetSection("services").GetChildren()
        from scheme in service.GetChildren()
        let instances = scheme.GetChildren().Select(instance => Address(scheme.Key, instance.Value)).OfType<Uri>().ToArray()
        where instances.Length > 0
        select (Key: Key(service.Key, scheme.Key), instances))
        .ToFrozenDictionary(s => s.Key, s => s.instances, StringComparer.OrdinalIgnoreCase);

    // an address may leave its scheme out: localhost:8080
    private static Uri? Address(string scheme, string? value) =>
        Uri.TryCreate(value?.Contains("://", StringComparison.Ordinal) is false ? $"{scheme}://{value}" : value, UriKind.Absolute, out var address)
            ? address
            : null;

    private static string Key(string name, string scheme) => $"{scheme}://{name}";
}
