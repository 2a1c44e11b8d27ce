using System.ComponentModel.DataAnnotations;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Switchboard.Core.Providers;
using Switchboard.Core.Sms;
using Switchboard.Workers.Dispatch.Notifications;

namespace Switchboard.Workers.Dispatch.Channels.Sms;

/// <summary>The account that SMS go out by, and its sender; section <c>Twilio</c>.</summary>
internal sealed class TwilioOptions
{
    public const string Section = "Twilio";

    /// <summary>The REST API.</summary>
    [Required]
    [Url]
    public string ApiBaseUrl { get; set; } = "https://api.twilio.com";

    /// <summary>The account.</summary>
    [Required]
    public string AccountSid { get; set; } = "";

    /// <summary>Its secret.</summary>
    [Required]
    public string AuthToken { get; set; } = "";

    /// <summary>The number, short code or name that SMS come from. Either this or <see cref="MessagingServiceSid"/>.</summary>
    public string? From { get; set; }

    /// <summary>The messaging service that chooses from where each SMS comes. Either this or <see cref="From"/>.</summary>
    public string? MessagingServiceSid { get; set; }

    /// <summary>
    /// The edge as Twilio reaches it, for status callbacks; optional here, since SMS go out without it. Then none come: an SMS stays
    /// <c>sent</c> and never becomes delivered or failed, and one whose answer was lost is sent again after
    /// <c>Dispatch:InDoubtSeconds</c>, since nothing tells that the first arrived.
    /// </summary>
    public string? PublicBaseUrl { get; set; }

    /// <summary>The sender's throughput, over all processes. 1 is what Twilio gives a US long code
    /// (https://www.twilio.com/docs/api/errors/21611); short codes, toll-free numbers and messaging services have more.</summary>
    [Range(1, 100_000)]
    public int MessagesPerSecond { get; set; } = 1;

    /// <summary>How long a request may take.</summary>
    [Range(0.1, 60)]
    public double TimeoutSeconds { get; set; } = 5;

    /// <summary>The wait after too many requests, if no <c>Retry-After</c> came.</summary>
    [Range(0.1, 3600)]
    public double LimitSeconds { get; set; } = 1;

    /// <summary>The wait after the sender's queue at Twilio was full, or its day's quota used up. A full queue holds hours of
    /// messages.</summary>
    [Range(1, 86_400)]
    public double QueueSeconds { get; set; } = 60;

    /// <summary>The wait while the account or its sender needs the operator.</summary>
    [Range(1, 86_400)]
    public double AccountSeconds { get; set; } = 60;

    /// <summary>What messages come from: the number or the service.</summary>
    public string Sender => string.IsNullOrWhiteSpace(From) ? MessagingServiceSid ?? "" : From;
}

/// <summary>Refuses to start without exactly one sender, with an address that Twilio cannot call, or with a timeout that is too
/// long.</summary>
internal sealed class TwilioOptionsValidator(IOptions<DispatchOptions> dispatch) : IValidateOptions<TwilioOptions>
{
    public ValidateOptionsResult Validate(string? name, TwilioOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        switch (string.IsNullOrWhiteSpace(options.From), string.IsNullOrWhiteSpace(options.MessagingServiceSid))
        {
            case (true, true):
                errors.AddError("Neither Twilio:From nor Twilio:MessagingServiceSid is set: set the one that SMS are to come from.");
                break;
            case (false, false):
                errors.AddError("Both Twilio:From and Twilio:MessagingServiceSid are set: SMS come from one of them, remove the other.");
                break;
        }

        if (!string.IsNullOrWhiteSpace(options.PublicBaseUrl)
            && !(Uri.TryCreate(options.PublicBaseUrl, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"))
            errors.AddError($"Twilio:PublicBaseUrl must be an http or https address, not '{options.PublicBaseUrl}'.");
        if (options.TimeoutSeconds >= dispatch.Value.InDoubtSeconds)
            errors.AddError("Twilio:TimeoutSeconds must be shorter than Dispatch:InDoubtSeconds: a request under way is not in doubt yet.");
        return errors.Build();
    }
}

/// <summary>Registration of the SMS channel, and of what sends verification codes.</summary>
internal static class SmsServices
{
    public static IServiceCollection AddSms(this IServiceCollection services)
    {
        services.AddOptions<TwilioOptions>().BindConfiguration(TwilioOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TwilioOptions>, TwilioOptionsValidator>());
        services.AddOptions<HttpPoolOptions>().BindConfiguration("").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<TwilioClient>();
        services.AddSingleton<SmsOptOutStore>();
        services.AddSingleton<SmsChannel>();
        services.AddSingleton<IChannel>(provider => provider.GetRequiredService<SmsChannel>());
        services.AddSingleton<RequestedCodeStore>();
        services.AddProviderHttpClient(
            TwilioClient.HttpClientName,
            provider => new(
                Options(provider).ApiBaseUrl,
                TimeSpan.FromSeconds(Options(provider).TimeoutSeconds),
                provider.GetRequiredService<IOptions<HttpPoolOptions>>().Value.Max,
                // the operator names where it is, the simulator among them
                AllowPrivateAddresses: true),
            provider => new AuthenticationHeaderValue("Basic", Credentials(Options(provider))));
        return services;
    }

    private static TwilioOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<TwilioOptions>>().Value;

    private static string Credentials(TwilioOptions options) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.AccountSid}:{options.AuthToken}"));
}
