using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Switchboard.Core.Providers;

namespace Switchboard.Workers.Ingest.Providers.Gmail;

/// <summary>Section <c>Gmail</c>: how to reach the Gmail API, and as whom.</summary>
internal sealed class GmailOptions
{
    public const string Section = "Gmail";

    /// <summary>Where the API is; <c>/gmail/v1/…</c> follows.</summary>
    [Required]
    public Uri ApiBaseUrl { get; set; } = new("https://gmail.googleapis.com");

    /// <summary>Where access tokens are to be had (OAuth 2.0, RFC 6749).</summary>
    [Required]
    public Uri TokenUrl { get; set; } = new("https://oauth2.googleapis.com/token");

    /// <summary>The OAuth client to which mailboxes gave their consent.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>Its secret.</summary>
    public string ClientSecret { get; set; } = "";

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
        services.AddProviderHttpClient("gmail-tokens", provider => Settings(provider, options => options.TokenUrl)).AddTypedClient<GmailTokens>();
        services.AddProviderHttpClient("gmail", provider => Settings(provider, options => options.ApiBaseUrl)).AddTypedClient<GmailClient>();
        return services;
    }

    // the operator names where it is, the simulator among them
    private static ProviderHttpSettings Settings(IServiceProvider provider, Func<GmailOptions, Uri> address)
    {
        var options = provider.GetRequiredService<IOptions<GmailOptions>>().Value;
        return new(address(options).AbsoluteUri, TimeSpan.FromSeconds(options.TimeoutSeconds), AllowPrivateAddresses: true);
    }
}
