using Switchboard.Edge.Api.Accounts;
using Switchboard.Edge.Api.Mailboxes;
using Switchboard.Edge.Api.PhoneNumbers;
using Switchboard.Edge.Api.Rules;
using Switchboard.Edge.Api.Texts;
using Switchboard.Edge.Api.TrackedEmails;

namespace Switchboard.Edge.Api.Hosting;

internal static class FeatureExtensions
{
    /// <summary>What endpoints of one feature share.</summary>
    public static IServiceCollection AddFeatures(this IServiceCollection services) => services
        .AddSingleton<RuleChanges>()
        .AddSingleton<MailboxTokens>()
        .AddAccounts()
        .AddTrackedEmails()
        .AddPhoneNumbers()
        .AddTexts();
}
