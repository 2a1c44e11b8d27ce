using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Switchboard.Core.Sms;

namespace Switchboard.Workers.Ingest.Sms.Speech;

/// <summary>Registration of the client of Speech-to-Text.</summary>
internal static class SpeechServices
{
    private static readonly TimeSpan Connect = TimeSpan.FromSeconds(5);

    public static IServiceCollection AddSpeech(this IServiceCollection services)
    {
        services.AddOptions<SpeechOptions>().BindConfiguration(SpeechOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<SpeechClient>();
        services.AddSingleton<Transcriber>();

        var http = services.AddHttpClient(SpeechClient.HttpClientName, (provider, client) =>
        {
            var options = provider.GetRequiredService<IOptions<SpeechOptions>>().Value;
            client.BaseAddress = new Uri(options.BaseUrl.TrimEnd('/') + '/');
            client.DefaultRequestHeaders.Add("X-Goog-Api-Key", options.ApiKey);
            // the pipeline's timeouts count
            client.Timeout = Timeout.InfiniteTimeSpan;
        });
        http.ConfigurePrimaryHttpMessageHandler(provider => new SocketsHttpHandler
        {
            ConnectTimeout = Connect,
            MaxConnectionsPerServer = provider.GetRequiredService<IOptions<HttpPoolOptions>>().Value.Max,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AllowAutoRedirect = false,
        });
        http.RemoveAllLoggers(); // lines for each file
#pragma warning disable EXTEXP0001 // the only way to have other options than all clients have
        http.RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
        http.AddStandardResilienceHandler().Configure((pipeline, provider) =>
        {
            var timeout = TimeSpan.FromSeconds(provider.GetRequiredService<IOptions<SpeechOptions>>().Value.TimeoutSeconds);
            pipeline.AttemptTimeout.Timeout = timeout;
            pipeline.TotalRequestTimeout.Timeout = timeout + TimeSpan.FromSeconds(1);
            if (pipeline.CircuitBreaker.SamplingDuration < 2 * timeout)
                pipeline.CircuitBreaker.SamplingDuration = 2 * timeout;
            // each try is one of the job, and visible
            pipeline.Retry.DisableForUnsafeHttpMethods();
        });
        return services;
    }
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
