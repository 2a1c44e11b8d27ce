namespace Switchboard.Workers.Ingest.Media.Fetching;

/// <summary>A host has no public address.</summary>
internal sealed class PrivateAddressException(string host) : IOException($"{host} has no public address.");
