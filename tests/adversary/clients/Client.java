// SPDX-License-Identifier: MIT
// Client.java URL NUMBER: so many connections, one after the other; a page each.

import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.security.cert.X509Certificate;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

public class Client {
	static class Anyone implements X509TrustManager {
		@Override
		public void checkClientTrusted(X509Certificate[] chain, String type) { }
		@Override
		public void checkServerTrusted(X509Certificate[] chain, String type) { }
		@Override
		public X509Certificate[] getAcceptedIssuers() { return new X509Certificate[0]; }
	}

	public static void main(String[] args) throws Exception {
		SSLContext context = SSLContext.getInstance("TLS");

		System.setProperty("http.keepAlive", "false");
		context.init(null, new TrustManager[] { new Anyone() }, null);
		for (int i = 0; i < Integer.parseInt(args[1]); i++) {
			HttpURLConnection connection = (HttpURLConnection) new URL(args[0]).openConnection();

			if (connection instanceof HttpsURLConnection)
				((HttpsURLConnection) connection).setSSLSocketFactory(context.getSocketFactory());
			try (InputStream in = connection.getInputStream()) {
				System.out.print(new String(in.readAllBytes()));
			} catch (Exception e) {
				System.out.println(e);
			}
		}
	}
}
