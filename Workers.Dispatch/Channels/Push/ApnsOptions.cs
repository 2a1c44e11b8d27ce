using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using Switchboard.Core.Providers;
using Switchboard.Workers.Dispatch.Notifications;

namespace Switchboard.Workers.Dispatch.Channels.Push;

/// <summary>The app that messages go to, and the key that they are authorised by; section <c>Apns</c>. All of it, or none.</summary>
internal sealed class ApnsOptions
{
    public const string Section = "Apns";

    /// <summary>The API; <c>https://api.sandbox.push.apple.com</c> for apps from Xcode.</summary>
    [Required]
    [Url]
    public string BaseUrl { get; set; } = "https://api.push.apple.com";

    /// <summary>The id of the key.</summary>
    public string KeyId { get; set; } = "";

    /// <summary>The id of the team that the key is of.</summary>
    public string TeamId { get; set; } = "";

    /// <summary>The key: the content of the <c>.p8</c> file. Line breaks may be written as <c>\n</c>; <c>none</c> is no key.</summary>
    public string PrivateKey { get; set; } = "";

    /// <summary>The app's bundle id.</summary>
    public string Topic { get; set; } = "";

    /// <summary>How long a request may take.</summary>
    [Range(0.1, 60)]
    public double TimeoutSeconds { get; set; } = 4;

    /// <summary>The wait after a limit, if no <c>Retry-After</c> came.</summary>
    [Range(0.1, 3600)]
    public double BusySeconds { get; set; } = 60;

    /// <summary>The wait while the key or the topic needs the operator.</summary>
    [Range(1, 86_400)]
    public double AccountSeconds { get; set; } = 60;

    internal bool IsConfigured => PushOptions.IsSet(PrivateKey);

    /// <summary>The private key.</summary>
    internal ECDsa Open()
    {
        var key = ECDsa.Create();
        key.ImportFromPem(PrivateKey.Replace("\\n", "\n", StringComparison.Ordinal));
        return key;
    }
}

/// <summary>Refuses to start with a part of the app's settings, with a key that is none, or with a timeout that is too long.</summary>
internal sealed class ApnsOptionsValidator(IOptions<DispatchOptions> dispatch) : IValidateOptions<ApnsOptions>
{
    public ValidateOptionsResult Validate(string? name, ApnsOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        (string Name, string Value)[] parts =
        [
            ("Apns:KeyId", options.KeyId), ("Apns:TeamId", options.TeamId),
            ("Apns:PrivateKey", options.PrivateKey), ("Apns:Topic", options.Topic),
        ];
        var missing = parts.Where(part => !PushOptions.IsSet(part.Value)).Select(part => part.Name).ToList();
        if (missing.Count is > 0 and < 4)
            errors.AddError($"Push by APNs needs {string.Join(", ", missing)} too.");
        else if (missing.Count == 0 && !IsKey(options))
            errors.AddError("Apns:PrivateKey is no EC key in PEM: it is to be the content of the .p8 file.");

        // a message is sent again with a new JWT once
        if (2 * options.TimeoutSeconds >= dispatch.Value.InDoubtSeconds)
            errors.AddError(
                "Apns:TimeoutSeconds must be shorter than half of Dispatch:InDoubtSeconds: a request under way is not in doubt yet.");
        return errors.Build();
    }

    private static bool IsKey(ApnsOptions options)
    {
        try
        {
            using var key = options.Open();
            return key.KeySize == 256;
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            return false;
        }
    }
}

/// <summary>The JWT that requests are authorised by. Apple refuses one older than an hour, and more than one in 20 minutes.</summary>
internal sealed class ApnsTokens(IOptions<ApnsOptions> options, TimeProvider timeProvider) : IDisposable
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(40);

    private readonly Lock _lock = new();
    private readonly Lazy<ECDsa> _key = new(() => options.Value.Open());
    private string _token = "";
    private DateTimeOffset _renewAt;

    /// <summary>The token of these minutes.</summary>
    public string Get()
    {
        lock (_lock)
        {
            return _renewAt > timeProvider.GetUtcNow() ? _token : Make();
        }
    }

    /// <summary>Another one than that which was refused; the same for all whose requests were refused with it.</summary>
    public string Renew(string refused)
    {
        lock (_lock)
        {
            return _token == refused ? Make() : _token;
        }
    }

    public void Dispose()
    {
        if (_key.IsValueCreated)
            _key.Value.Dispose();
    }

    private string Make()
    {
        var now = timeProvider.GetUtcNow();
        _renewAt = now + Life;
        return _token = PushJwt.Handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = options.Value.TeamId,
            IssuedAt = now.UtcDateTime,
            SigningCredentials = new(
                new ECDsaSecurityKey(_key.Value) { KeyId = options.Value.KeyId, CryptoProviderFactory = PushJwt.Uncached },
                SecurityAlgorithms.EcdsaSha256),
        });
    }
}

/// <summary>Registration of APNs.</summary>
internal static class ApnsServices
{
    public static IServiceCollection AddApns(this IServiceCollection services)
    {
        services.AddOptions<ApnsOptions>().BindConfiguration(ApnsOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<ApnsOptions>, ApnsOptionsValidator>();
        services.AddSingleton<ApnsTokens>();
        services.AddSingleton<IAddressService, ApnsClient>();
        services.AddProviderHttpClient(
            ApnsClient.HttpClientName,
            // the operator names where it is, the simulator among them
            provider => new(
                Options(provider).BaseUrl, TimeSpan.FromSeconds(Options(provider).TimeoutSeconds), AllowPrivateAddresses: true));
        return services;
    }

    private static ApnsOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<ApnsOptions>>().Value;
}
