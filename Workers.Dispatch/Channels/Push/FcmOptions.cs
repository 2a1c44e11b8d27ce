using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Switchboard.Core.Providers;
using Switchboard.Workers.Dispatch.Notifications;

namespace Switchboard.Workers.Dispatch.Channels.Push;

/// <summary>The Firebase project that messages go out by; section <c>Fcm</c>.</summary>
internal sealed class FcmOptions
{
    public const string Section = "Fcm";

    private readonly Lazy<ServiceAccountKey?> _key;

    public FcmOptions() => _key = new(() => PushOptions.IsSet(ServiceAccount) ? ServiceAccountKey.Read(ServiceAccount) : null);

    /// <summary>The API.</summary>
    [Required]
    [Url]
    public string BaseUrl { get; set; } = "https://fcm.googleapis.com";

    /// <summary>The JSON of a service account's key, as Google's console gives it; without it, or with <c>none</c>, nothing is sent by
    /// FCM.</summary>
    public string ServiceAccount { get; set; } = "";

    /// <summary>Where the service account gets its tokens; null for where its key says.</summary>
    [Url]
    public string? TokenUrl { get; set; }

    /// <summary>How long a request may take.</summary>
    [Range(0.1, 60)]
    public double TimeoutSeconds { get; set; } = 4;

    /// <summary>The wait after a limit or an outage, if no <c>Retry-After</c> came.</summary>
    [Range(0.1, 3600)]
    public double BusySeconds { get; set; } = 60;

    /// <summary>The wait while the project or its service account needs the operator.</summary>
    [Range(1, 86_400)]
    public double AccountSeconds { get; set; } = 60;

    /// <summary>The key; null where none is configured.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    internal ServiceAccountKey? Key => _key.Value;
}

/// <summary>What is used of a service account's key.</summary>
internal sealed record ServiceAccountKey(string ProjectId, string PrivateKeyId, string PrivateKey, string ClientEmail, string TokenUri)
{
    /// <summary>Reads the JSON.</summary>
    /// <exception cref="FormatException">It is no such key.</exception>
    public static ServiceAccountKey Read(string json)
    {
        ServiceAccountKey? key;
        try
        {
            key = JsonSerializer.Deserialize(json, PushJson.Default.ServiceAccountKey);
        }
        catch (JsonException)
        {
            key = null;
        }

        if (key is null or { ProjectId: not { Length: > 0 } } or { ClientEmail: not { Length: > 0 } } or { PrivateKey: not { Length: > 0 } }
            || !Uri.TryCreate(key.TokenUri, UriKind.Absolute, out _))
            throw new FormatException("it has no project_id, client_email, private_key and token_uri");
        try
        {
            using var _ = key.Open();
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            throw new FormatException("its private_key is no RSA key in PEM", exception);
        }

        return key;
    }

    /// <summary>The private key.</summary>
    public RSA Open()
    {
        var rsa = RSA.Create();
        rsa.ImportFromPem(PrivateKey);
        return rsa;
    }
}

/// <summary>Refuses to start with a key that is none, or with a timeout that is too long.</summary>
internal sealed class FcmOptionsValidator(IOptions<DispatchOptions> dispatch) : IValidateOptions<FcmOptions>
{
    public ValidateOptionsResult Validate(string? name, FcmOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        try
        {
            _ = options.Key;
        }
        catch (FormatException reason)
        {
            errors.AddError($"Fcm:ServiceAccount is not the JSON of a service account's key: {reason.Message}.");
        }

        // a message may have to wait for a token first
        if (2 * options.TimeoutSeconds >= dispatch.Value.InDoubtSeconds)
            errors.AddError(
                "Fcm:TimeoutSeconds must be shorter than half of Dispatch:InDoubtSeconds: a request under way is not in doubt yet.");
        return errors.Build();
    }
}

/// <summary>Registration of FCM.</summary>
internal static class FcmServices
{
    public static IServiceCollection AddFcm(this IServiceCollection services)
    {
        services.AddOptions<FcmOptions>().BindConfiguration(FcmOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<FcmOptions>, FcmOptionsValidator>();
        services.AddSingleton<ServiceAccountTokens>();
        services.AddSingleton<IAddressService, FcmClient>();

        // the operator names where both are, the simulator among them
        services.AddProviderHttpClient(
            FcmClient.HttpClientName, provider => new(Options(provider).BaseUrl, Timeout(provider), AllowPrivateAddresses: true));
        services.AddProviderHttpClient(
            ServiceAccountTokens.HttpClientName,
            provider => new(
                Options(provider).TokenUrl ?? Options(provider).Key?.TokenUri, Timeout(provider), AllowPrivateAddresses: true));
        return services;
    }

    private static FcmOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<FcmOptions>>().Value;

    private static TimeSpan Timeout(IServiceProvider provider) => TimeSpan.FromSeconds(Options(provider).TimeoutSeconds);
}
