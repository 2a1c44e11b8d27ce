namespace Switchboard.Load.Api;

/// <summary>A user of the load, with its bearer key.</summary>
internal sealed record LoadUser(Guid Id, string Key);
