using Switchboard.Core.Media;
using Switchboard.Core.Sms;
using Switchboard.Edge.Api.Sms.Enrichments;
using Switchboard.Edge.Api.Sms.Messages;
using Switchboard.Edge.Api.Sms.PhoneNumbers;

namespace Switchboard.Edge.Api.Sms;

/// <summary>Registration of what the endpoints and webhooks of SMS need.</summary>
internal static class SmsServices
{
    /// <summary>What is kept and counted of SMS before they are taken.</summary>
    public static IServiceCollection AddSms(this IServiceCollection services)
    {
        services.AddOptions<SmsLimitOptions>().BindConfiguration("").ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<ThrottledNumbers>()
            .AddSingleton<SmsLimit>()
            .AddSingleton<SmsMetrics>()
            .AddSingleton<RefusedSmsStore>()
            .AddSingleton<SmsOptOutStore>();
    }

    /// <summary>The owners of numbers, and how that changes.</summary>
    public static IServiceCollection AddPhoneNumbers(this IServiceCollection services)
    {
        services.AddOptions<CodeLimitOptions>().BindConfiguration(CodeLimitOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services.AddSingleton<NumberOwners>().AddSingleton<CodeLimit>().AddSingleton<PhoneNumberStore>();
    }

    /// <summary>What it takes to show items of SMS and their files.</summary>
    public static IServiceCollection AddEnrichments(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<MediaLinkOptions>().BindConfiguration("").ValidateDataAnnotations().ValidateOnStart();
        return services.AddMediaStore(configuration).AddSingleton<MediaLinks>().AddSingleton<EnrichmentStore>();
    }
}
