using System.ComponentModel.DataAnnotations;

namespace Switchboard.Workers.Ingest.Providers.Gmail;

/// <summary>Section <c>Gmail</c>: how to reach the Gmail API; as whom is in <see cref="MailProviderOptions"/>.</summary>
internal sealed class GmailOptions
{
    public const string Section = "Gmail";

    /// <summary>Where the API is; <c>/gmail/v1/…</c> follows.</summary>
    [Required]
    public Uri ApiBaseUrl { get; set; } = new("https://gmail.googleapis.com");

    /// <summary>The Pub/Sub topic that is told of new mail, <c>projects/…/topics/…</c>; without one mailboxes are only polled.</summary>
    public string? TopicName { get; set; }

    /// <summary>How many messages a page of a list has at most (Gmail: 500).</summary>
    [Range(1, 500)]
    public int PageSize { get; set; } = 100;

    /// <summary>How many messages of a mailbox are got at once.</summary>
    [Range(1, 50)]
    public int ConcurrentGets { get; set; } = 8;

    /// <summary>How long a call may take; the reading of its answer may take as long again.</summary>
    [Range(1, 300)]
    public double TimeoutSeconds { get; set; } = 30;
}

/// <summary>Registration of the client of Gmail.</summary>
internal static class GmailServices
{
    public static IServiceCollection AddGmail(this IServiceCollection services)
    {
        services.AddOptions<GmailOptions>().BindConfiguration(GmailOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        // the operator names where it is, the simulator among them
        services.AddProviderHttpClient("gmail", provider =>
        {
            var options = provider.GetRequiredService<IOptions<GmailOptions>>().Value;
            return new(options.ApiBaseUrl.AbsoluteUri, TimeSpan.FromSeconds(options.TimeoutSeconds), AllowPrivateAddresses: true);
        }).AddTypedClient<GmailClient>();
        return services;
    }
}
