using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Switchboard.Core.Providers.OAuth;

namespace Switchboard.Core.Social.Accounts;

/// <summary>
/// LinkedIn: members, or the organizations whose pages they administer. Refresh tokens are for approved applications; else who authorized
/// it connects again every two months.
/// </summary>
internal sealed class LinkedInAuthorization(
    OAuthClient client, IOptions<SocialOptions> options, IOptions<LinkedInOptions> linkedIn, TimeProvider timeProvider)
    : PlatformAuthorization(client, timeProvider)
{
    // of the Community Management API: applications that were not approved for it are refused them
    private const string OrganizationScopes = "r_organization_admin w_organization_social r_organization_social";

    // what a page lets post (Organization Access Control by Role)
    private static readonly string[] Roles = ["ADMINISTRATOR", "CONTENT_ADMINISTRATOR", "CONTENT_ADMIN"];

    private const int MostOrganizations = 50;

    public override string PageScopes => OrganizationScopes;

    public override Task<OAuthProvider?> ProviderAsync(string server, HttpClient http, CancellationToken cancellationToken) =>
        Task.FromResult<OAuthProvider?>(ProviderOf(
            SocialPlatforms.LinkedIn, options.Value.LinkedIn, http, TimeSpan.FromSeconds(options.Value.TimeoutSeconds),
            "openid profile w_member_social", "/v2/userinfo", ReadMember) with
        {
            UsesPkce = false,
        });

    public override async Task<IReadOnlyList<AuthorizedAccount>> AccountsAsync(
        OAuthProvider provider, OAuthGrant grant, CancellationToken cancellationToken)
    {
        if (provider.Scopes != OrganizationScopes)
            return await base.AccountsAsync(provider, grant, cancellationToken);
        var stored = SocialGrant.Of(grant, null, Now, renews: !string.IsNullOrEmpty(grant.RefreshToken));
        var roles = await AskAsync("/rest/organizationAcls?q=roleAssignee&state=APPROVED&count=100");
        var organizations = new List<AuthorizedAccount>();
        foreach (var urn in OrganizationsOf(roles).Take(MostOrganizations))
        {
            var organization = await AskAsync($"/rest/organizations/{Uri.EscapeDataString(urn.Split(':')[^1])}");
            var name = Text(organization, "localizedName");
            organizations.Add(new(urn, Text(organization, "vanityName") ?? name ?? urn, name, stored));
        }

        return organizations;

        async Task<JsonElement> AskAsync(string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, options.Value.LinkedIn.Api(path));
            request.Headers.Authorization = new("Bearer", grant.AccessToken);
            request.Headers.Add("Linkedin-Version", linkedIn.Value.ApiVersion);
            request.Headers.Add("X-Restli-Protocol-Version", "2.0.0");
            return await Client.SendAsync(provider, request, OAuthJson.Default.JsonElement, cancellationToken);
        }
    }

    private static IEnumerable<string> OrganizationsOf(JsonElement roles) =>
        roles.ValueKind == JsonValueKind.Object && roles.TryGetProperty("elements", out var all) && all.ValueKind == JsonValueKind.Array
            ? (from role in all.EnumerateArray()
               where Text(role, "role") is { } name && Roles.Contains(name)
               let organization = Text(role, "organization") ?? ""
               where organization.StartsWith("urn:li:organization:", StringComparison.Ordinal)
               select organization).Distinct()
            : [];

    private static AccountProfile? ReadMember(JsonElement profile) =>
        Text(profile, "sub") is { } id
            ? new(Text(profile, "name") ?? id) { Id = $"urn:li:person:{id}", DisplayName = Text(profile, "name") }
            : null;
}

/// <summary>Which LinkedIn is spoken; section <c>Social:LinkedIn</c>.</summary>
public sealed class LinkedInOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Social:LinkedIn";

    /// <summary>The version of its API, a month; each is served for a year.</summary>
    [RegularExpression("20[0-9]{4}")]
    public string ApiVersion { get; set; } = "202610";
}
