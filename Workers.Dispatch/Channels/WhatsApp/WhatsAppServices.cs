using System.Net.Http.Headers;
using Microsoft.Extensions.Options;
using Switchboard.Workers.Dispatch.Channels;
using Switchboard.Workers.Dispatch.Notifications;
using Switchboard.Workers.Dispatch.Providers;

namespace Switchboard.Workers.Dispatch.Channels.WhatsApp;

/// <summary>Registration of the WhatsApp channel.</summary>
internal static class WhatsAppServices
{
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
        services.AddProviderHttpClient(
            WhatsAppClient.HttpClientName,
            provider => new(Options(provider).BaseUrl, TimeSpan.FromSeconds(Options(provider).TimeoutSeconds)),
            provider => new AuthenticationHeaderValue("Bearer", Options(provider).AccessToken));
        return services;
    }

    private static WhatsAppOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<WhatsAppOptions>>().Value;
}
