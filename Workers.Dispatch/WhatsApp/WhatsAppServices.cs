using System.Net.Http.Headers;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Switchboard.Workers.Dispatch.Channels;
using Switchboard.Workers.Dispatch.Sending;

namespace Switchboard.Workers.Dispatch.WhatsApp;

/// <summary>Registration of the WhatsApp channel.</summary>
internal static class WhatsAppServices
{
    private static readonly TimeSpan Connect = TimeSpan.FromSeconds(2);

    public static IServiceCollection AddWhatsApp(this IServiceCollection services)
    {
        services.AddOptions<WhatsAppOptions>().BindConfiguration(WhatsAppOptions.Section).ValidateDataAnnotations()
            .Validate(options => !options.AlwaysTemplate || options.TemplateName is not null, "WhatsApp:AlwaysTemplate needs WhatsApp:TemplateName.")
            .Validate<IOptions<DispatchOptions>>(
                (options, dispatch) => options.TimeoutSeconds < dispatch.Value.InDoubtSeconds,
                "WhatsApp:TimeoutSeconds must be shorter than Dispatch:InDoubtSeconds: a request under way is not in doubt yet.")
            .ValidateOnStart();
        services.AddSingleton<WhatsAppClient>();
        services.AddSingleton<IChannel, WhatsAppChannel>();
        services.AddWhatsAppHttpClient();
        return services;
    }

    private static void AddWhatsAppHttpClient(this IServiceCollection services)
    {
        var http = services.AddHttpClient(WhatsAppClient.HttpClientName, (provider, client) =>
        {
            var options = provider.GetRequiredService<IOptions<WhatsAppOptions>>().Value;
            client.BaseAddress = new Uri(options.BaseUrl.TrimEnd('/') + '/');
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", options.AccessToken);
        });
        http.ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
        {
            ConnectTimeout = Connect,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AllowAutoRedirect = false,
        });
        http.RemoveAllLoggers(); // lines for each message
#pragma warning disable EXTEXP0001 // the only way to have other options than all clients have
        http.RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
        http.AddStandardResilienceHandler().Configure((pipeline, provider) =>
        {
            var timeout = TimeSpan.FromSeconds(provider.GetRequiredService<IOptions<WhatsAppOptions>>().Value.TimeoutSeconds);
            pipeline.AttemptTimeout.Timeout = timeout;
            pipeline.TotalRequestTimeout.Timeout = timeout + TimeSpan.FromSeconds(1);
            if (pipeline.CircuitBreaker.SamplingDuration < 2 * timeout)
                pipeline.CircuitBreaker.SamplingDuration = 2 * timeout;

            // one recipient's limit is no reason to stop sending to all
            pipeline.CircuitBreaker.ShouldHandle = args => ValueTask.FromResult(
                HttpClientResiliencePredicates.IsTransient(args.Outcome) && args.Outcome.Result?.StatusCode != System.Net.HttpStatusCode.TooManyRequests);

            // a second POST is a second message: each attempt is one of the job, and visible
            pipeline.Retry.DisableForUnsafeHttpMethods();
        });
    }
}
