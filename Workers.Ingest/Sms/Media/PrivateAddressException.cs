namespace Switchboard.Workers.Ingest.Sms.Media;

/// <summary>A host has no public address.</summary>
internal sealed class PrivateAddressException(string host) : IOException($"{host} has no public address.");
