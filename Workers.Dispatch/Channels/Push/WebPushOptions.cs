using System.Buffers.Text;
using System.ComponentModel.DataAnnotations;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using Switchboard.Core.Notifications;
using Switchboard.Core.Providers;
using Switchboard.Workers.Dispatch.Notifications;

namespace Switchboard.Workers.Dispatch.Channels.Push;

/// <summary>Push to browsers; section <c>WebPush</c>. The key is made once, see <see cref="VapidKeyStore"/>.</summary>
internal sealed class WebPushOptions
{
    public const string Section = "WebPush";

    /// <summary>Where push services reach the operator: <c>mailto:…</c> or <c>https://…</c>; without it nothing is sent to
    /// browsers.</summary>
    public string Subject { get; set; } = "";

    /// <summary>A push service at a private address or without TLS that subscriptions may name as well: <c>http://localhost:5090</c>,
    /// for development.</summary>
    [Url]
    public string? PrivateService { get; set; }

    /// <summary>How long a request may take.</summary>
    [Range(0.1, 60)]
    public double TimeoutSeconds { get; set; } = 4;

    /// <summary>The wait after a limit, if no <c>Retry-After</c> came.</summary>
    [Range(0.1, 3600)]
    public double BusySeconds { get; set; } = 60;

    /// <summary>The wait after a push service did not take our key.</summary>
    [Range(1, 86_400)]
    public double AccountSeconds { get; set; } = 300;

    /// <summary>Whether a subscription may name this endpoint. Where it leads is looked at when it is called.</summary>
    internal bool Takes(Uri endpoint) => endpoint.Scheme == Uri.UriSchemeHttps || endpoint.IsOf(PrivateService);
}

/// <summary>What authorises a message to a push service (RFC 8292).</summary>
internal sealed class VapidTokens(VapidKeyStore keys, IOptions<WebPushOptions> options, TimeProvider timeProvider) : IDisposable
{
    private const string Scheme = "vapid";

    // 24 hours at most
    private static readonly TimeSpan Life = TimeSpan.FromHours(12);
    private static readonly TimeSpan KeyRetry = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _reading = new(1);
    private volatile VapidKey? _key;

    /// <summary>The header <c>Authorization</c> for a message to this endpoint.</summary>
    /// <exception cref="ProviderException">The key cannot be decrypted.</exception>
    /// <exception cref="Npgsql.NpgsqlException">The key cannot be read.</exception>
    public async Task<AuthenticationHeaderValue> SignAsync(Uri endpoint, CancellationToken cancellationToken)
    {
        var key = _key ?? await ReadAsync(cancellationToken);
        var token = PushJwt.Handler.CreateToken(new SecurityTokenDescriptor
        {
            // the origin: with the port, unless it is the scheme's own
            Audience = endpoint.GetLeftPart(UriPartial.Authority),
            Expires = (timeProvider.GetUtcNow() + Life).UtcDateTime,
            Claims = new Dictionary<string, object> { ["sub"] = options.Value.Subject },
            SigningCredentials = new(key.Signing, SecurityAlgorithms.EcdsaSha256),
        });
        return new(Scheme, $"t={token}, k={key.Public}");
    }

    public void Dispose()
    {
        _reading.Dispose();
        _key?.Signing.ECDsa.Dispose();
    }

    private async Task<VapidKey> ReadAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (_key is { } read)
                return read;
            var pair = await keys.OpenAsync(cancellationToken);
            var point = VapidKeyStore.PointOf(pair.ExportParameters(includePrivateParameters: false));
            return _key = new(new(pair) { CryptoProviderFactory = PushJwt.Uncached }, Base64Url.EncodeToString(point));
        }
        catch (CryptographicException exception)
        {
            throw new ProviderException(
                new ProviderFailure(
                    FailureKind.Unauthorized,
                    "The key of web push cannot be decrypted by Encryption:Key or Encryption:PreviousKeys.",
                    RetryAfter: KeyRetry),
                exception);
        }
        finally
        {
            _reading.Release();
        }
    }

    private sealed record VapidKey(ECDsaSecurityKey Signing, string Public);
}

/// <summary>Registration of web push.</summary>
internal static class WebPushServices
{
    public static IServiceCollection AddWebPush(this IServiceCollection services)
    {
        services.AddOptions<WebPushOptions>().BindConfiguration(WebPushOptions.Section).ValidateDataAnnotations()
            .Validate(
                options => options.Subject.Length == 0 || options.Subject.StartsWith("mailto:", StringComparison.Ordinal)
                    || options.Subject.StartsWith("https://", StringComparison.Ordinal),
                "WebPush:Subject must be a mailto: or an https: address.")
            .Validate<IOptions<DispatchOptions>>(
                (options, dispatch) => options.TimeoutSeconds < dispatch.Value.InDoubtSeconds,
                "WebPush:TimeoutSeconds must be shorter than Dispatch:InDoubtSeconds: a request under way is not in doubt yet.")
            .ValidateOnStart();
        services.TryAddSingleton<VapidKeyStore>();
        services.AddSingleton<VapidTokens>();
        services.AddSingleton<IAddressService, WebPushClient>();
        services.AddProviderHttpClient(
            WebPushClient.HttpClientName,
            provider => new(
                Options(provider).PrivateService, TimeSpan.FromSeconds(Options(provider).TimeoutSeconds), AllowPrivateAddresses: true),
            isByHost: true);
        return services;
    }

    private static WebPushOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<WebPushOptions>>().Value;
}
