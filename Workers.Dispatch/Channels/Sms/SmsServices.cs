using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Switchboard.Core.Sms;
using Switchboard.Workers.Dispatch.Channels;
using Switchboard.Workers.Dispatch.Providers;

namespace Switchboard.Workers.Dispatch.Channels.Sms;

/// <summary>Registration of the text channel, and of what sends verification codes.</summary>
internal static class SmsServices
{
    public static IServiceCollection AddSms(this IServiceCollection services)
    {
        services.AddOptions<TwilioOptions>().BindConfiguration(TwilioOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TwilioOptions>, TwilioOptionsValidator>());
        services.AddOptions<HttpPoolOptions>().BindConfiguration("").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<TwilioClient>();
        services.AddSingleton<SmsOptOuts>();
        services.AddSingleton<SmsSender>();
        services.AddSingleton<SmsChannel>();
        services.AddSingleton<IChannel>(provider => provider.GetRequiredService<SmsChannel>());
        services.AddSingleton<PendingVerifications>();
        services.AddProviderHttpClient(
            TwilioClient.HttpClientName,
            provider => new(
                Options(provider).ApiBaseUrl,
                TimeSpan.FromSeconds(Options(provider).TimeoutSeconds),
                provider.GetRequiredService<IOptions<HttpPoolOptions>>().Value.Max),
            provider => new AuthenticationHeaderValue("Basic", Credentials(Options(provider))));
        return services;
    }

    private static TwilioOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<TwilioOptions>>().Value;

    private static string Credentials(TwilioOptions options) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.AccountSid}:{options.AuthToken}"));
}
