namespace Switchboard.Edge.Api.Accounts;

/// <summary>An account that a user has, as <see cref="AccountBook"/> knows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Provider">gmail or microsoft.</param>
/// <param name="Address">The mailbox's address.</param>
/// <param name="Status">active, paused or revoked, some moments ago perhaps: what needs to know it now reads the row.</param>
internal sealed record KnownAccount(Guid Id, string Provider, string Address, string Status);
