namespace Switchboard.Edge.Api.Sms.PhoneNumbers;

internal static class PhoneNumberExtensions
{
    /// <summary>Who has a number, and how that changes.</summary>
    public static IServiceCollection AddPhoneNumbers(this IServiceCollection services) => services
        .AddSingleton<NumberLinks>()
        .AddSingleton<NumberVerifications>()
        .AddSingleton<NumberChanges>()
        .AddSingleton<CodeLimit>()
        .AddSingleton<VerificationCodes>();
}
