using Switchboard.Edge.Api.Email;
using Switchboard.Edge.Api.Rules;
using Switchboard.Edge.Api.Sms;

namespace Switchboard.Edge.Api.Platform;

internal static class FeatureExtensions
{
    /// <summary>What endpoints of one feature share.</summary>
    public static IServiceCollection AddFeatures(this IServiceCollection services) => services
        .AddSingleton<RuleChanges>()
        .AddAccounts()
        .AddTrackedEmails()
        .AddPhoneNumbers()
        .AddSms();
}
