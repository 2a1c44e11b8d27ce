using System.ComponentModel.DataAnnotations;
using Switchboard.Workers.Ingest.Sms.Speech;

namespace Switchboard.Workers.Ingest.Providers.Speech;

/// <summary>Registration of the client of Speech-to-Text.</summary>
internal static class SpeechServices
{
    public static IServiceCollection AddSpeech(this IServiceCollection services)
    {
        services.AddOptions<SpeechOptions>().BindConfiguration(SpeechOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<SpeechClient>();
        services.AddSingleton<Transcriber>();
        services.AddProviderHttpClient(
            SpeechClient.HttpClientName,
            // the operator names where it is, the simulator among them
            provider => new(
                Options(provider).BaseUrl,
                TimeSpan.FromSeconds(Options(provider).TimeoutSeconds),
                provider.GetRequiredService<IOptions<HttpPoolOptions>>().Value.Max,
                AllowPrivateAddresses: true))
            .ConfigureHttpClient((provider, client) => client.DefaultRequestHeaders.Add("X-Goog-Api-Key", Options(provider).ApiKey));
        return services;
    }

    private static SpeechOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<SpeechOptions>>().Value;
}

/// <summary>Section <c>Speech</c>: how to reach Google's Speech-to-Text.</summary>
internal sealed class SpeechOptions
{
    public const string Section = "Speech";

    /// <summary>Where the API is; <c>/v1/speech:recognize</c> follows.</summary>
    [Required]
    [Url]
    public string BaseUrl { get; set; } = "https://speech.googleapis.com";

    /// <summary>The key of the project that pays.</summary>
    [Required(ErrorMessage = "Set Speech:ApiKey to a key of Google's Speech-to-Text API.")]
    public string ApiKey { get; set; } = "";

    /// <summary>The language that is spoken, by its BCP 47 name.</summary>
    [Required]
    public string LanguageCode { get; set; } = "en-US";

    /// <summary>How long a request may take; a minute of audio takes about half of one.</summary>
    [Range(1, 300)]
    public double TimeoutSeconds { get; set; } = 60;

    /// <summary>The wait while the key or its project needs the operator.</summary>
    [Range(1, 86_400)]
    public double AccountSeconds { get; set; } = 60;
}
