using Switchboard.Core.Sms;

namespace Switchboard.Edge.Api.Sms.Messages;

internal static class SmsExtensions
{
    /// <summary>What is kept and counted of texts before they are taken.</summary>
    public static IServiceCollection AddSms(this IServiceCollection services)
    {
        services.AddOptions<SmsLimitOptions>().BindConfiguration("").ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<ThrottledNumbers>()
            .AddSingleton<SmsLimit>()
            .AddSingleton<SmsMetrics>()
            .AddSingleton<SmsRecords>()
            .AddSingleton<SmsOptOutStore>();
    }
}
