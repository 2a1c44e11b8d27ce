using System.ComponentModel.DataAnnotations;
using System.Net.Http.Headers;
using Microsoft.Extensions.Options;
using Switchboard.Core.Providers;
using Switchboard.Workers.Dispatch.Notifications;

namespace Switchboard.Workers.Dispatch.Channels.WhatsApp;

/// <summary>The sender's number and how it is used; section <c>WhatsApp</c>.</summary>
internal sealed class WhatsAppOptions
{
    public const string Section = "WhatsApp";

    /// <summary>The Graph API.</summary>
    [Required]
    [Url]
    public string BaseUrl { get; set; } = "https://graph.facebook.com";

    /// <summary>Its version.</summary>
    [Required]
    [RegularExpression(@"v\d+\.\d+")]
    public string ApiVersion { get; set; } = "v21.0";

    /// <summary>The id of the number that messages come from.</summary>
    [Required]
    public string PhoneNumberId { get; set; } = "";

    /// <summary>The system user's token.</summary>
    [Required]
    public string AccessToken { get; set; } = "";

    /// <summary>The number's throughput, over all processes. 80 unless Meta raised it.</summary>
    [Range(1, 100_000)]
    public int MessagesPerSecond { get; set; } = 80;

    /// <summary>How long a request may take.</summary>
    [Range(0.1, 60)]
    public double TimeoutSeconds { get; set; } = 5;

    /// <summary>An approved template with one body parameter, the text, for recipients who have not written for 24 hours.
    /// Without it such a message fails.</summary>
    public string? TemplateName { get; set; }

    /// <summary>The template's language.</summary>
    [Required]
    public string TemplateLanguage { get; set; } = "en_US";

    /// <summary>Whether every message uses the template, not only those that are refused as text.</summary>
    public bool AlwaysTemplate { get; set; }

    /// <summary>The wait after the limit of one message to one recipient in 6 s was met.</summary>
    [Range(1, 3600)]
    public double PairLimitSeconds { get; set; } = 6;

    /// <summary>The wait after another limit was met and no <c>Retry-After</c> came.</summary>
    [Range(0.1, 3600)]
    public double LimitSeconds { get; set; } = 1;

    /// <summary>The wait while the account needs its operator: a token that is no longer valid, a locked account.</summary>
    [Range(1, 86_400)]
    public double AccountSeconds { get; set; } = 60;
}

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
            // the operator names where it is, the simulator among them
            provider => new(
                Options(provider).BaseUrl, TimeSpan.FromSeconds(Options(provider).TimeoutSeconds), AllowPrivateAddresses: true),
            provider => new AuthenticationHeaderValue("Bearer", Options(provider).AccessToken));
        return services;
    }

    private static WhatsAppOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<WhatsAppOptions>>().Value;
}
