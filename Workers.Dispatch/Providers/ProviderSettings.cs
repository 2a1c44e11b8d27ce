namespace Switchboard.Workers.Dispatch.Providers;

/// <summary>How a provider's API is called.</summary>
/// <param name="BaseUrl">Where it is; requests are relative to it.</param>
/// <param name="Timeout">How long a request may take, once it has its connection.</param>
/// <param name="MaxConnections">How many connections there are at most, and so requests under way: others wait for one.
/// Null: as many as there are sends.</param>
internal sealed record ProviderSettings(string BaseUrl, TimeSpan Timeout, int? MaxConnections = null);
